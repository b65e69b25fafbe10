package io.windrow.testkit.conformance;

import io.windrow.api.context.Context;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SourceTraits;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Shows that the suite can be passed. */
class NumbersSourceConformanceTest extends SourceConformance {
    @Override
    protected Source open(Context with) {
        return new NumbersSource(with);
    }

    @Override
    protected SourceTraits traits() {
        return new SourceTraits(Set.of(ReadMode.SNAPSHOT), SourceTraits.Replay.POSITION, false, true);
    }

    @Override
    protected StreamName stream() {
        return NumbersSource.STREAM;
    }

    @Override
    protected List<String> keys() {
        return IntStream.range(0, 100).mapToObj(Integer::toString).toList();
    }
}
