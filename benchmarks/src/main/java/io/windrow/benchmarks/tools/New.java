package io.windrow.benchmarks.tools;

import io.windrow.testkit.scaffold.Skeleton;
import io.windrow.testkit.scaffold.Skeleton.Side;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The entry of {@code ./windrow-dev new connector NAME [--sink]}. */
public final class New {
    private New() {}

    /** Writes into the clone that the system property {@code windrow.root} names. Exit code 2: the words are wrong. */
    public static void main(String[] arguments) throws Exception {
        try {
            Words words = Words.of(arguments, Set.of(), Set.of("--sink"));
            if (words.rest().size() != 2 || !words.rest().getFirst().equals("connector")) {
                throw new IllegalArgumentException("usage: ./windrow-dev new connector NAME [--sink]");
            }
            String name = words.rest().getLast();
            Skeleton skeleton = new Skeleton(name, words.has("--sink") ? Side.SINK : Side.SOURCE);
            List<Path> written = skeleton.write(Path.of(System.getProperty("windrow.root", ".")));
            written.forEach(path -> System.out.println("wrote " + path));
            System.out.println("added connectors/" + name + " to pom.xml");
            System.out.println("next: mvn -pl connectors/" + name + " -am test -Dtest=" + skeleton.prefix()
                    + "ConformanceTest -Dsurefire.failIfNoSpecifiedTests=false");
            System.out.println("      it is red, and each failure says what to write; when it is green, add the module to"
                    + " cli/pom.xml and to the root's dependencyManagement");
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }
}
