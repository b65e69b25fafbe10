package io.windrow.api.error;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The only exception that crosses the SPI. Its message starts with a gerund and says what was being done, with which
 * value and what was expected ("Reading table public.orders: column id has no type"). It never quotes a secret or a
 * masked value (I11). It is either logged or thrown, never both.
 */
public final class WindrowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient ErrorCode errorCode;
    private final @Nullable String place;
    private final @Nullable String remedy;

    private WindrowException(
            ErrorCode errorCode,
            String message,
            @Nullable Throwable cause,
            @Nullable String place,
            @Nullable String remedy) {
        super(message, cause);
        this.errorCode = errorCode;
        this.place = place;
        this.remedy = remedy;
    }

    /** An error without a cause. The message is used as it is. */
    public static WindrowException of(ErrorCode code, String message) {
        return new WindrowException(code, message, null, null, null);
    }

    /** An error with the exception that led to it. The caller has made sure that the cause's text holds no secret. */
    public static WindrowException of(ErrorCode code, String message, Throwable cause) {
        return new WindrowException(code, message, cause, null, null);
    }

    /** The same error with its place: a config path and line ({@code orders.yaml:12:7 source.postgres.url}), or a file. */
    public WindrowException at(String newPlace) {
        return copy(newPlace, remedy);
    }

    /** The same error with a remedy that fits this case better than the general one of the code. */
    public WindrowException remedy(String newRemedy) {
        return copy(place, newRemedy);
    }

    private WindrowException copy(@Nullable String newPlace, @Nullable String newRemedy) {
        WindrowException copy = new WindrowException(errorCode, getMessage(), getCause(), newPlace, newRemedy);
        copy.setStackTrace(getStackTrace());
        for (Throwable suppressed : getSuppressed()) {
            copy.addSuppressed(suppressed);
        }
        return copy;
    }

    /** The code with its kind and texts. */
    public ErrorCode errorCode() {
        return errorCode;
    }

    /** Short for {@code errorCode().kind()}. */
    public ErrorKind kind() {
        return errorCode.kind();
    }

    /** Where in the user's input the error lies, if that is known. */
    public Optional<String> place() {
        return Optional.ofNullable(place);
    }

    /** What to do: the remedy of this case, else the general one of the code. */
    public String remedy() {
        return remedy == null ? errorCode.remedy() : remedy;
    }
}
