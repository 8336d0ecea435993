using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Text;

namespace MultiExit.Engine.Tls.Ech.OpenSsl;

/// <summary>The client side of an OpenSSL connection.</summary>
internal sealed unsafe class OpenSslClientEngine : OpenSslEngine
{
    private const int SetHostName = 55; // SSL_CTRL_SET_TLSEXT_HOSTNAME
    private const int Accepted = 1, AcceptedUnverified = -102; // SSL_ECH_STATUS_SUCCESS, _BAD_NAME
    private const int EchRequired = 424; // SSL_R_ECH_REQUIRED
    private const int ReasonMask = 0x7fffff; // of an error code
    private const int Ok = 0, ApplicationVerification = 50; // X509_V_...

    private readonly EchClientTask _task;
    private string? _certificateProblem;

    public OpenSslClientEngine(OpenSslLibrary library, nint context, EchClientTask task) : base(library, context)
    {
        _task = task;
        try
        {
            library.SetConnectState(Ssl);
            fixed (byte* name = Encoding.ASCII.GetBytes(task.InnerName + '\0'))
                Require((int)library.Control(Ssl, SetHostName, new CLong(0), name).Value, "SSL_set_tlsext_host_name");
            ReadOnlySpan<byte> list = task.ConfigList.Span;
            fixed (byte* source = list) Require(library.SetEchConfigs(Ssl, source, (nuint)list.Length), "SSL_set1_ech_config_list");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>For SSL_CTX_set_cert_verify_callback: checks the certificates in place of OpenSSL.</summary>
    [UnmanagedCallersOnly]
    public static int CheckCertificate(nint store, nint argument)
    {
        OpenSslLibrary library = OpenSslLibrary.Instance;
        nint ssl = library.StoreExData(store, library.StoreSslIndex());
        OpenSslClientEngine engine = (OpenSslClientEngine)GCHandle.FromIntPtr(library.GetExData(ssl, library.EngineIndex)).Target!;
        try
        {
            engine._certificateProblem = engine._task.CertificateProblem(engine.IsAccepted(), engine.ReadChain(store));
        }
        catch (Exception exception) // none may pass through OpenSSL
        {
            engine._certificateProblem = $"its certificate cannot be checked: {exception.Message}";
        }
        library.StoreSetError(store, engine._certificateProblem is null ? Ok : ApplicationVerification);
        return engine._certificateProblem is null ? 1 : 0;
    }

    protected override void OnHandshakeComplete()
    {
        // OpenSSL ends a rejected handshake by itself; this check holds even if it does not.
        if (!IsAccepted()) throw new AuthenticationException("the TLS handshake ended without ECH");
    }

    protected override Exception HandshakeFailure()
    {
        if (_certificateProblem is not null) return new AuthenticationException(_certificateProblem);
        return (Library.LastError().Value & ReasonMask) == EchRequired ? new EchRejectedException(ReadRetryList()) : TlsFailure();
    }

    private bool IsAccepted()
    {
        byte* inner = null;
        byte* outer = null;
        int status = Library.GetEchStatus(Ssl, &inner, &outer);
        Library.FreeMemory((nint)inner, null, 0);
        Library.FreeMemory((nint)outer, null, 0);
        return status is Accepted or AcceptedUnverified; // unverified: the callback is about to decide
    }

    private byte[]? ReadRetryList()
    {
        byte* list = null;
        nuint length = 0;
        if (Library.GetRetryConfigs(Ssl, &list, &length) != 1 || list == null) return null;
        byte[] bytes = new ReadOnlySpan<byte>(list, checked((int)length)).ToArray();
        Library.FreeMemory((nint)list, null, 0);
        return bytes;
    }

    private List<byte[]> ReadChain(nint store)
    {
        List<byte[]> chain = [];
        nint certificates = Library.StoreCertificates(store);
        for (int i = 0; i < Library.StackCount(certificates); i++)
        {
            nint certificate = Library.StackItem(certificates, i);
            byte[] der = new byte[Math.Max(0, Library.WriteCertificate(certificate, null))];
            fixed (byte* target = der)
            {
                byte* next = target;
                if (der.Length > 0) Library.WriteCertificate(certificate, &next);
            }
            chain.Add(der);
        }
        return chain;
    }
}
