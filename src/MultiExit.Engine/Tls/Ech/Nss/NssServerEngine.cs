using System.Runtime.InteropServices;

namespace MultiExit.Engine.Tls.Ech.Nss;

/// <summary>The server side of an NSS connection.</summary>
internal sealed unsafe class NssServerEngine : NssEngine
{
    private const int CurrentConfig = -1; // SSL_SNI_CURRENT_CONFIG_IS_USED

    public NssServerEngine(NssLibrary nss, NssIdentity identity, EchServerKey key) : base(nss, server: true)
    {
        try
        {
            identity.Configure(Fd, key);
            Require(nss.SniSocketConfigHook(Fd, &AnyName, 0), "SSL_SNISocketConfigHook");
            Require(nss.ResetHandshake(Fd, 1), "SSL_ResetHandshake");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    // A client without ECH, or with an unknown key, is served like any other.
    protected override void OnHandshakeComplete() { }

    protected override Exception HandshakeFailure(int error) => TlsFailure(error);

    // One certificate for every name, as SslStream has it here.
    [UnmanagedCallersOnly]
    private static int AnyName(nint fd, SecItem* names, uint count, nint argument) => CurrentConfig;
}
