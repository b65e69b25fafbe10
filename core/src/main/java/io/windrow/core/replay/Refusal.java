package io.windrow.core.replay;

/**
 * Why a difference is shown and not delivered.
 *
 * @param error what kind of reason it is
 * @param why the reason, for people; goes on after a colon
 */
public record Refusal(ReplayError error, String why) {}
