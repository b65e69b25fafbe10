package io.windrow.connectors.connect;

import io.windrow.api.context.Notices;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.connect.database.Preset;
import io.windrow.connectors.connect.record.Alteration;
import io.windrow.connectors.connect.record.Change;
import io.windrow.connectors.connect.record.TableForm;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells of statements that give the rows of a followed table other values, of which a binary log has no change: what was
 * delivered stays as it was. Of a table whose form was not seen yet, what cannot be judged without it is told too. The reader's
 * thread only.
 */
final class ValuesUntold {
    private final Preset preset;
    private final Notices notices;
    private final Map<StreamName, TableForm> forms = new HashMap<>();

    ValuesUntold(Preset preset, Notices notices) {
        this.preset = preset;
        this.notices = notices;
    }

    /** A statement about a followed table was met in the log. */
    void meets(StreamName stream, Change.Altered altered) {
        Optional<TableForm> before = Optional.ofNullable(forms.get(stream));
        Optional<TableForm> after = Optional.ofNullable(altered.forms().get(stream));
        after.ifPresent(form -> forms.put(stream, form));
        Alteration.of(altered.statement(), before, after, List.of(), column -> preset.isDelivered(stream, column)).how().ifPresent(how ->
                notices.tell("connect.values_untold", "Following " + stream + ": " + how + ", which the log does not tell; rows that were delivered"
                        + " stay as they were. 'windrow resync' copies the table again."));
    }
}
