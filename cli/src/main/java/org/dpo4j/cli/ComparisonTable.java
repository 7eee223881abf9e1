package org.dpo4j.cli;

import java.io.PrintStream;
import org.dpo4j.evaluation.Estimate;
import org.dpo4j.evaluation.PolicyComparison;
import org.jspecify.annotations.Nullable;

/** What training changed on held-out rows, as a table for people. */
final class ComparisonTable {
  private static final String ROW = "  %-30s  %-30s  %-30s  %s";

  private final PrintStream out;

  private ComparisonTable(PrintStream out) {
    this.out = out;
  }

  static void print(PolicyComparison c, PrintStream out) {
    ComparisonTable table = new ComparisonTable(out);
    out.printf("On %d held-out rows, means with 95%% intervals:%n", c.rows());
    table.row("", "before", "after", "change");
    table.row("accuracy", c.before().accuracy(), c.after().accuracy(), c.change().accuracy());
    table.row("margin (nats)", c.before().margin(), c.after().margin(), c.change().margin());
    table.row("log p(chosen)", c.before().chosen(), c.after().chosen(), c.change().chosen());
    table.row(
        "log p(rejected)", c.before().rejected(), c.after().rejected(), c.change().rejected());
    table.row("accuracy of rewards", null, c.rewardAccuracy(), null);
    table.row("margin of rewards", null, c.rewardMargin(), null);
    table.row("rows whose log p(chosen) fell", null, null, c.chosenFell());
    table.row("accuracy of \"longer wins\"", null, c.longerWins(), null);
    table.row("accuracy of \"shorter wins\"", null, c.shorterWins(), null);
  }

  private void row(
      String measure,
      @Nullable Estimate before,
      @Nullable Estimate after,
      @Nullable Estimate change) {
    if (after == null && change == null) return;
    row(measure, text(before), text(after), text(change));
  }

  private void row(String measure, String before, String after, String change) {
    out.println(ROW.formatted(measure, before, after, change).stripTrailing());
  }

  private static String text(@Nullable Estimate estimate) {
    return estimate == null ? "" : estimate.toString();
  }
}
