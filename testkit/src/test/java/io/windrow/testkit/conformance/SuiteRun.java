package io.windrow.testkit.conformance;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.TreeMap;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * A conformance suite, run on a connector.
 *
 * @param passed how many checks passed
 * @param failed the checks that failed, by the method's name, and why
 */
record SuiteRun(long passed, TreeMap<String, String> failed) {
    static SuiteRun of(Class<?> suite) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request().selectors(selectClass(suite)).build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        TestExecutionSummary summary = listener.getSummary();
        TreeMap<String, String> failed = new TreeMap<>();
        for (TestExecutionSummary.Failure failure : summary.getFailures()) {
            MethodSource source = (MethodSource) failure.getTestIdentifier().getSource().orElseThrow();
            failed.put(source.getMethodName(), String.valueOf(failure.getException()));
        }
        return new SuiteRun(summary.getTestsSucceededCount(), failed);
    }
}
