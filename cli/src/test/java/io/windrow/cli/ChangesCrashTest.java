package io.windrow.cli;

import io.windrow.testkit.crash.CrashMode;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("server")
class ChangesCrashTest {
    @Test
    void aChangeLogIsExactAfterKillsEverywhere(@TempDir Path folder) throws Exception {
        Kills.everywhere(CrashMode.CHANGES, 3, folder);
    }
}
