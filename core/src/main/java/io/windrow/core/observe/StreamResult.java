package io.windrow.core.observe;

import io.windrow.api.batch.Account;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.Guarantee;
import io.windrow.core.ledger.EventTimes;
import java.util.List;
import java.util.Optional;

/**
 * What a run did for one stream.
 *
 * @param stream the stream
 * @param outcome what became of it
 * @param generation the generation that it is in; 0 if it was never planned
 * @param epochs epochs committed by this run
 * @param account the books of the committed epochs, in source events (I1)
 * @param bytes bytes of the encoded output of the committed epochs
 * @param guarantee what the source promises for it; empty if it was never planned
 * @param expectedRows how many rows the source's own evidence of the ended splits adds up to, −1 if it says nothing
 * @param estimatedRows how many rows the source's planner thought there were, −1 if it had no idea
 * @param readBackRows rows counted in the encoded output before it was committed
 * @param evidence why the splits that ended are known to have ended, one line each kind (I9)
 * @param outputs what was made visible at the target by this run
 * @param eventTimes when the rows of the last committed epoch of this run happened, with the low watermark after it; empty:
 *     there is none, or the stream has no field of event time
 * @param lateRows rows of the committed epochs of this run that came late
 * @param error why it is not completed; empty for a stop on request
 */
public record StreamResult(
        StreamName stream,
        Outcome outcome,
        long generation,
        int epochs,
        Account account,
        long bytes,
        Optional<Guarantee> guarantee,
        long expectedRows,
        long estimatedRows,
        long readBackRows,
        List<String> evidence,
        List<String> outputs,
        Optional<EventTimes> eventTimes,
        long lateRows,
        Optional<WindrowException> error) {
    public StreamResult {
        evidence = List.copyOf(evidence);
        outputs = List.copyOf(outputs);
    }
}
