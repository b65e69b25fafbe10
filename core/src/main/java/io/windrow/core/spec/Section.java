package io.windrow.core.spec;

import java.util.Arrays;
import java.util.List;

/** The top-level keys of a pipeline file. */
enum Section {
    PIPELINE("The pipeline's name: letters, digits, `-`, `_` and `.`; unique within a state store.", true),
    OWNER("Who answers for the pipeline.", true),
    SOURCE("Where rows come from: one connector's name and its settings.", true),
    SINK("Where rows go to: one connector's name and its settings.", true),
    RUN("How the pipeline is run.", true),
    WRITE("The write mode by stream (append or replace) where it differs from the default: a snapshot replaces, an "
            + "incremental read appends.", true),
    CONTRACT("What rows must look like, and what happens on drift.", true),
    MASK("Which values are masked, and how: a list of rules.", true),
    DEDUPE("Which rows count as repeated and are dropped, by stream.", true),
    TRANSFORM("How rows are filtered and reshaped, by stream.", true),
    SAMPLE("Which share of a stream is delivered, by stream.", true),
    WATERMARK("Which field says when a row happened, by stream, and how late rows may come.", true),
    PROVENANCE("Fields that say where a row comes from.", true),
    QUARANTINE("Where bad rows go. Without it they go into the folder `quarantine` beside the pipeline file.", true),
    ENCRYPTION("How delivered files are encrypted. Without it they are written as they are.", true),
    RETENTION("How long things are kept. Without it nothing is ever due, and `windrow dispose` has nothing to do.", true),
    SLO("What the pipeline promises. Not acted on by this version, and so refused.", false);

    private final String text;
    private final boolean accepted;

    Section(String text, boolean accepted) {
        this.text = text;
        this.accepted = accepted;
    }

    String key() {
        return ConfigShape.word(this);
    }

    String text() {
        return text;
    }

    boolean accepted() {
        return accepted;
    }

    static List<String> keys() {
        return Arrays.stream(values()).map(Section::key).toList();
    }
}
