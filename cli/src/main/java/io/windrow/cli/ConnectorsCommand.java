package io.windrow.cli;

import io.windrow.api.connector.Connector;
import io.windrow.core.registry.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Lists the connectors. */
@Command(name = "connectors", description = "List the connectors.")
final class ConnectorsCommand implements Callable<Integer> {
    @ParentCommand Windrow windrow;

    @Override
    public Integer call() {
        List<Object> json = new ArrayList<>();
        Table table = Table.of("name", "source", "sink", "description");
        for (Connector connector : Registry.load().connectors()) {
            boolean source = connector.source().isPresent();
            boolean sink = connector.sink().isPresent();
            table.row(connector.name(), source ? "yes" : "-", sink ? "yes" : "-", connector.description());
            json.add(Json.object(
                    "name", connector.name(), "source", source, "sink", sink, "description", connector.description()));
        }
        if (windrow.json) {
            return windrow.print(Json.object("connectors", json), ExitCode.OK);
        }
        table.print(windrow.screen());
        return ExitCode.OK.value();
    }
}
