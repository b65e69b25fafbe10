package io.windrow.api.config;

/**
 * Where in its file a record was written. A component of this type is no setting: whoever reads the file fills it, so that
 * what is found wrong later can still name the place.
 *
 * @param place file, line, column and config path; what stands for it if there is no file
 */
public record Origin(String place) {
    /** A record that was made by a program. */
    public static final Origin NONE = new Origin("no file");

    @Override
    public String toString() {
        return place;
    }
}
