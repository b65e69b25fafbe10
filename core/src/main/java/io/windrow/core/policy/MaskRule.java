package io.windrow.core.policy;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import io.windrow.api.config.Secret;
import java.util.List;
import java.util.Optional;

/** One rule of the mask. The first rule for the whole of a field decides; without one, all that look inside it count. */
@Doc("One rule of the mask: which fields or which content, and what becomes of it. The first rule for the whole of a field "
        + "decides; without one, all that look inside it count.")
public record MaskRule(
        @Doc(value = "The fields, as field, stream.field or namespace.stream.field; * stands for any run of characters.",
                        example = "*.email")
                Optional<String> field,
        @Doc(value = "The content to look for inside text and JSON: of the fields that field names, or else of all that no rule "
                        + "names.", example = "[card, iban, phone]")
                List<Detector> detect,
        @Doc(value = "What becomes of the value or of the part that was found.") Method with,
        @Doc(value = "The key of hmac, token and fpe.", example = "${secret:masking/key}") Optional<Secret> key,
        @Doc(value = "A key that was used before. While it is given, hmac and token add a field <name>_previous with the "
                        + "old token, so that old and new rows stay joinable.")
                Optional<Secret> previousKey,
        @Doc(value = "partial: how many characters stay at the start.", defaultValue = "0") int keepStart,
        @Doc(value = "partial: how many characters stay at the end.", defaultValue = "4") int keepEnd,
        @Doc(value = "truncate: to which unit a date or time is cut.", defaultValue = "month") Truncation to,
        @Doc(value = "fpe: the characters of the domain.", defaultValue = "digits") Alphabet alphabet,
        @Doc(value = "redact: what stands in place of the value.", defaultValue = "'***'") String text,
        @Doc(value = "The country for phone numbers without a country code.", example = "DE") Optional<String> region,
        Origin origin) {
    /** What is looked for inside text. */
    public enum Detector {
        /** E-mail addresses. */
        EMAIL,
        /** Payment card numbers with a valid Luhn digit. */
        CARD,
        /** International bank account numbers with valid check digits. */
        IBAN,
        /** Telephone numbers. */
        PHONE,
        /** IPv4 and IPv6 addresses. */
        IP,
        /** Social security numbers of the United States. */
        SSN,
        /** National insurance numbers of the United Kingdom. */
        NINO,
        /** The French NIR with its key. */
        NIR,
        /** The Spanish DNI and NIE with their letter. */
        DNI,
        /** The Italian codice fiscale with its check letter. */
        CODICE_FISCALE,
        /** The German tax number with its check digit. */
        STEUER_ID,
        /** The Dutch BSN by its eleven-test. */
        BSN,
        /** The Polish PESEL with its check digit. */
        PESEL
    }

    /** What becomes of a value. Null stays null with every method. */
    public enum Method {
        /** A fixed text. */
        REDACT,
        /** Null. */
        NULL,
        /** Some characters at the ends stay, the others become `*`. */
        PARTIAL,
        /** HMAC-SHA-256 under the key, as 64 hexadecimal digits. */
        HMAC,
        /** A short token under the key: the same value gives the same token. */
        TOKEN,
        /** Format-preserving encryption (FF1) under the key. */
        FPE,
        /** A date or time is cut to a unit. */
        TRUNCATE
    }

    /** To what a date or time is cut. */
    public enum Truncation {
        /** To the year. */
        YEAR,
        /** To the month. */
        MONTH,
        /** To the day. */
        DAY,
        /** To the hour. */
        HOUR
    }

    /** The characters of a format-preserving domain. */
    public enum Alphabet {
        /** 0 to 9. */
        DIGITS,
        /** 0 to 9 and a to z. */
        LOWER_ALPHANUMERIC,
        /** 0 to 9, A to Z and a to z. */
        ALPHANUMERIC
    }
}
