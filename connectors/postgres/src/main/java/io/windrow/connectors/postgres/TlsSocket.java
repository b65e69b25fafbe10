package io.windrow.connectors.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/** The driver's TLS socket in everything but its input, which is a {@link Wire}'s: rows are taken past the driver there too. */
final class TlsSocket extends SSLSocket {
    private final SSLSocket made;
    private final WireInput input;

    /**
     * The socket.
     *
     * @param made as the driver's own factory has it
     * @param wire whose rows come over it
     * @param beneath the input of the socket that it stands on
     */
    TlsSocket(SSLSocket made, Wire wire, WireInput beneath) throws IOException {
        this.made = made;
        this.input = WireInput.decrypted(made, wire, beneath);
    }

    /** What the server sends, decrypted. */
    WireInput input() {
        return input;
    }

    @Override
    public InputStream getInputStream() {
        return input;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return made.getOutputStream();
    }

    @Override
    public void close() throws IOException {
        made.close();
    }

    @Override
    public void startHandshake() throws IOException {
        made.startHandshake();
    }

    @Override
    public SSLSession getSession() {
        return made.getSession();
    }

    @Override
    public SSLSession getHandshakeSession() {
        return made.getHandshakeSession();
    }

    @Override
    public String getApplicationProtocol() {
        return made.getApplicationProtocol();
    }

    @Override
    public String getHandshakeApplicationProtocol() {
        return made.getHandshakeApplicationProtocol();
    }

    @Override
    public SSLParameters getSSLParameters() {
        return made.getSSLParameters();
    }

    @Override
    public void setSSLParameters(SSLParameters parameters) {
        made.setSSLParameters(parameters);
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return made.getSupportedCipherSuites();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return made.getEnabledCipherSuites();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        made.setEnabledCipherSuites(suites);
    }

    @Override
    public String[] getSupportedProtocols() {
        return made.getSupportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return made.getEnabledProtocols();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        made.setEnabledProtocols(protocols);
    }

    @Override
    public void addHandshakeCompletedListener(HandshakeCompletedListener listener) {
        made.addHandshakeCompletedListener(listener);
    }

    @Override
    public void removeHandshakeCompletedListener(HandshakeCompletedListener listener) {
        made.removeHandshakeCompletedListener(listener);
    }

    @Override
    public void setUseClientMode(boolean mode) {
        made.setUseClientMode(mode);
    }

    @Override
    public boolean getUseClientMode() {
        return made.getUseClientMode();
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        made.setNeedClientAuth(need);
    }

    @Override
    public boolean getNeedClientAuth() {
        return made.getNeedClientAuth();
    }

    @Override
    public void setWantClientAuth(boolean want) {
        made.setWantClientAuth(want);
    }

    @Override
    public boolean getWantClientAuth() {
        return made.getWantClientAuth();
    }

    @Override
    public void setEnableSessionCreation(boolean flag) {
        made.setEnableSessionCreation(flag);
    }

    @Override
    public boolean getEnableSessionCreation() {
        return made.getEnableSessionCreation();
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        made.setSoTimeout(millis);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return made.getSoTimeout();
    }

    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
        made.setTcpNoDelay(on);
    }

    @Override
    public boolean getTcpNoDelay() throws SocketException {
        return made.getTcpNoDelay();
    }

    @Override
    public void setKeepAlive(boolean on) throws SocketException {
        made.setKeepAlive(on);
    }

    @Override
    public boolean getKeepAlive() throws SocketException {
        return made.getKeepAlive();
    }

    @Override
    public void setReceiveBufferSize(int size) throws SocketException {
        made.setReceiveBufferSize(size);
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return made.getReceiveBufferSize();
    }

    @Override
    public void setSendBufferSize(int size) throws SocketException {
        made.setSendBufferSize(size);
    }

    @Override
    public int getSendBufferSize() throws SocketException {
        return made.getSendBufferSize();
    }

    @Override
    public boolean isConnected() {
        return made.isConnected();
    }

    @Override
    public boolean isBound() {
        return made.isBound();
    }

    @Override
    public boolean isClosed() {
        return made.isClosed();
    }

    @Override
    public boolean isInputShutdown() {
        return made.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return made.isOutputShutdown();
    }

    @Override
    public void shutdownInput() throws IOException {
        made.shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        made.shutdownOutput();
    }

    @Override
    public InetAddress getInetAddress() {
        return made.getInetAddress();
    }

    @Override
    public InetAddress getLocalAddress() {
        return made.getLocalAddress();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return made.getRemoteSocketAddress();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return made.getLocalSocketAddress();
    }

    @Override
    public int getPort() {
        return made.getPort();
    }

    @Override
    public int getLocalPort() {
        return made.getLocalPort();
    }
}
