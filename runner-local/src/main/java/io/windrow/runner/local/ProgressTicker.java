package io.windrow.runner.local;

import io.windrow.api.schema.StreamName;
import io.windrow.core.observe.Progress;
import io.windrow.core.observe.RunEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Measures rates and announces progress about twice a second. Used by the coordinator's thread. */
final class ProgressTicker {
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** The weight of the newest measurement: a change shows within about three seconds. */
    private static final double WEIGHT = 0.3;

    private final Collection<StreamTrack> tracks;
    private final Flow flow;
    private final Announcer announcer;
    private final Map<StreamName, Rate> rates = new HashMap<>();
    private long last = System.nanoTime();

    ProgressTicker(Collection<StreamTrack> tracks, Flow flow, Announcer announcer) {
        this.tracks = tracks;
        this.flow = flow;
        this.announcer = announcer;
    }

    private record Rate(long rows, double perSecond) {}

    void maybe(long now) {
        if (now - last >= EVERY_NANOS) {
            announce(now);
        }
    }

    void now() {
        announce(System.nanoTime());
    }

    private void announce(long now) {
        double seconds = Math.max(1e-3, (now - last) / 1e9);
        last = now;
        List<Progress> all = new ArrayList<>();
        for (StreamTrack track : tracks) {
            Flow.Counters counters = flow.counters(track.stream());
            long rows = counters.rows.get();
            Rate before = rates.getOrDefault(track.stream(), new Rate(0, -1));
            double measured = (rows - before.rows()) / seconds;
            double smooth = before.perSecond() < 0 ? measured : before.perSecond() + WEIGHT * (measured - before.perSecond());
            rates.put(track.stream(), new Rate(rows, smooth));
            all.add(track.progress(counters, smooth));
        }
        announcer.announce(new RunEvent.ProgressMade(all));
    }
}
