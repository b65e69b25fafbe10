package io.windrow.connectors.connect;

import io.windrow.api.context.Context;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SourceFactory;
import io.windrow.api.source.SourceTraits;
import io.windrow.connectors.connect.database.Preset;
import java.util.Set;

/** Makes sources of a database that is known by name. */
record PresetFactory<C extends Record & Preset>(Class<C> config) implements SourceFactory<C> {
    @Override
    public SourceTraits traits(C preset) {
        return new SourceTraits(Set.of(ReadMode.CDC), SourceTraits.Replay.POSITION, true, false);
    }

    @Override
    public Source create(C preset, Context context) {
        return new ConnectSource(preset, context);
    }
}
