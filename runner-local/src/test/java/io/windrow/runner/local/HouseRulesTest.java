package io.windrow.runner.local;

import io.windrow.rules.HouseRules;
import org.junit.jupiter.api.Test;

class HouseRulesTest {
    @Test
    void theModuleKeepsTheHouseRules() {
        HouseRules.check();
    }
}
