package io.windrow.api.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The text and the default of one setting. Config types are records; every component carries this annotation. The
 * parser, the linter, the JSON Schema, the reference page and the help text are all made from it. A component's name in
 * the file is its Java name in lower_snake.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE, ElementType.FIELD})
public @interface Doc {
    /** What the setting does, in one or two sentences. */
    String value();

    /** The default as it would be written in the file; empty: the setting is required, unless its type is Optional, List or Map. */
    String defaultValue() default "";

    /** An example as it would be written in the file. */
    String example() default "";
}
