package io.windrow.cli;

import io.windrow.testkit.crash.CrashMode;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("server")
class AppendCrashTest {
    @Test
    void anIncrementalReadIsExactAfterKillsEverywhere(@TempDir Path folder) throws Exception {
        Kills.everywhere(CrashMode.APPEND, 3, folder);
    }
}
