namespace MultiExit.Engine.Tls.Ech.OpenSsl;

/// <summary>The server side of an OpenSSL connection.</summary>
internal sealed unsafe class OpenSslServerEngine : OpenSslEngine
{
    public OpenSslServerEngine(OpenSslLibrary library, nint context) : base(library, context) => library.SetAcceptState(Ssl);

    // A client without ECH, or with an unknown key, is served like any other.
    protected override void OnHandshakeComplete() { }

    protected override Exception HandshakeFailure() => TlsFailure();
}
