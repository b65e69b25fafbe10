package io.windrow.cli;

/** One line on a terminal that says how far a comparison has come; nothing where the output is piped or for machines. */
final class VerifyProgress implements AutoCloseable {
    private static final long NANOS_BETWEEN = 200_000_000L;

    private final Screen screen;
    private final boolean shown;
    private String doing = "";
    private long next = System.nanoTime() + NANOS_BETWEEN;
    private boolean drawn;

    private VerifyProgress(Screen screen, boolean shown) {
        this.screen = screen;
        this.shown = shown;
    }

    static VerifyProgress of(Windrow windrow) {
        return new VerifyProgress(windrow.screen(), windrow.screen().terminal() && !windrow.json);
    }

    /** What is being done from now on. */
    void doing(String what) {
        doing = what;
    }

    /** How many rows it has come through. */
    void rows(long rows) {
        long now = System.nanoTime();
        if (shown && now - next >= 0) {
            next = now + NANOS_BETWEEN;
            drawn = true;
            screen.err().print("\r\u001b[K"
                    + CellText.shown(doing + ": " + Screen.number(rows) + " rows", screen.width() - 2));
            screen.err().flush();
        }
    }

    @Override
    public void close() {
        if (drawn) {
            screen.err().print("\r\u001b[K");
            screen.err().flush();
            drawn = false;
        }
    }
}
