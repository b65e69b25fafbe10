/**
 * What of ours runs among a connector's own classes: {@link io.windrow.connectors.connect.host.PluginLoader} defines it there, from our
 * jar, since it implements a contract that lies in the connector's folder. Nothing else may use it.
 */
@NullMarked
package io.windrow.connectors.connect.plugin;

import org.jspecify.annotations.NullMarked;
