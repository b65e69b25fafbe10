package io.windrow.core.spec;

import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A place in a pipeline file, for errors.
 *
 * @param file the file's name
 * @param line from 1; 0 if unknown
 * @param column from 1; 0 if unknown
 * @param path the config path, dotted, list positions in brackets; empty at the top
 */
record Place(String file, int line, int column, String path) {
    static Place top(String file) {
        return new Place(file, 0, 0, "");
    }

    Place at(Node node) {
        return at(node.getStartMark());
    }

    Place at(Optional<Mark> mark) {
        return mark.map(m -> new Place(file, m.getLine() + 1, m.getColumn() + 1, path)).orElse(this);
    }

    Place key(String key) {
        return new Place(file, line, column, path.isEmpty() ? key : path + "." + key);
    }

    Place item(int index) {
        return new Place(file, line, column, path + "[" + index + "]");
    }

    @Override
    public String toString() {
        String where = line == 0 ? file : file + ":" + line + ":" + column;
        return path.isEmpty() ? where : where + " " + path;
    }
}
