package org.example.story;

import java.util.List;

/**
 * What ties a thing to a person, such as a promise.
 *
 * @param name such as "promise"
 * @param matter what it is called, such as "the promise"
 * @param open sentences that plant a question
 * @param settled sentences that speak of the same matter and leave no question
 * @param turn clauses that answer: it was the other way round
 */
record Theme(
    String name, String matter, List<Template> open, List<Template> settled, List<Template> turn) {}
