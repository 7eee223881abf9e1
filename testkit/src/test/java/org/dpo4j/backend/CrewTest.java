package org.dpo4j.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CrewTest {
  private final Crew crew = new Crew("crew", 3);

  @AfterEach
  void close() {
    crew.close();
  }

  @Test
  void allSeeBehindAMeetingWhatAllDidBefore() {
    int[] done = new int[3];
    int[] seen = new int[3];
    for (int round = 1; round <= 100; round++) {
      int now = round;
      crew.run(
          3,
          (member, meeting) -> {
            done[member] = now;
            meeting.all();
            seen[member] = Arrays.stream(done).sum();
            meeting.all();
          });
      assertEquals(9 * round, Arrays.stream(seen).sum());
    }
    assertTrue(crew.waited() > 0);
  }

  @Test
  void aSingleMemberWorksOnTheCallingThread() {
    Thread caller = Thread.currentThread();
    crew.run(
        1,
        (member, meeting) -> {
          meeting.all();
          assertSame(caller, Thread.currentThread());
        });
  }

  @Test
  void whoFailsIsToldAndLetsNobodyWait() {
    IllegalStateException failure = new IllegalStateException("of the last member");
    AtomicBoolean wentOn = new AtomicBoolean();
    IllegalStateException thrown =
        assertThrows(
            IllegalStateException.class,
            () ->
                crew.run(
                    3,
                    (member, meeting) -> {
                      if (member == 2) throw failure;
                      meeting.all();
                      wentOn.set(true);
                    }));
    assertSame(failure, thrown);
    assertFalse(wentOn.get());
    crew.run(3, (member, meeting) -> meeting.all()); // the crew is as before
  }

  @Test
  void anInterruptedCallerWaitsAndStaysInterrupted() {
    int[] done = new int[2];
    Thread.currentThread().interrupt();
    crew.run(2, (member, meeting) -> done[member] = 1);
    assertTrue(Thread.interrupted());
    assertEquals(2, done[0] + done[1]);
  }
}
