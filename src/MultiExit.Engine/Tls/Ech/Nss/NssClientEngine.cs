using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Text;

namespace MultiExit.Engine.Tls.Ech.Nss;

/// <summary>The client side of an NSS connection.</summary>
internal sealed unsafe class NssClientEngine : NssEngine
{
    private const int RetryWithEch = -12100, RetryWithoutEch = -12099; // SSL_ERROR_ECH_RETRY_...
    private const int BadCertificate = -12276; // SSL_ERROR_BAD_CERT_DOMAIN: becomes the alert bad_certificate
    private const int PreliminaryInfoLength = 48;
    private const int PreliminaryEchAccepted = 36;
    private const int CertificateDer = 120; // derCert of CERTCertificate, behind arena, two names and signatureWrap

    private readonly EchClientTask _task;
    private string? _certificateProblem;

    public NssClientEngine(NssLibrary nss, EchClientTask task) : base(nss, server: false)
    {
        _task = task;
        try
        {
            Require(nss.AuthCertificateHook(Fd, &CheckCertificate, Self), "SSL_AuthCertificateHook");
            fixed (byte* name = Encoding.ASCII.GetBytes(task.InnerName + '\0')) Require(nss.SetUrl(Fd, name), "SSL_SetURL");
            ReadOnlySpan<byte> list = task.ConfigList.Span;
            fixed (byte* source = list) Require(nss.SetClientEchConfigs(Fd, source, (uint)list.Length), "SSL_SetClientEchConfigs");
            Require(nss.ResetHandshake(Fd, 0), "SSL_ResetHandshake");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    protected override void OnHandshakeComplete()
    {
        // NSS ends a rejected handshake by itself; this check holds even if it does not.
        if (!IsEchAccepted()) throw new AuthenticationException("the TLS handshake ended without ECH");
    }

    protected override Exception HandshakeFailure(int error)
    {
        if (_certificateProblem is not null) return new AuthenticationException(_certificateProblem);
        return error switch
        {
            RetryWithEch => new EchRejectedException(ReadRetryList()),
            RetryWithoutEch => new EchRejectedException(null),
            _ => TlsFailure(error),
        };
    }

    private byte[]? ReadRetryList()
    {
        SecItem item = default;
        if (Nss.GetEchRetryConfigs(Fd, &item) != 0) return null;
        byte[] list = item.ToArray();
        Nss.FreeItem(&item, 0);
        return list;
    }

    [UnmanagedCallersOnly]
    private static int CheckCertificate(nint self, nint fd, int checkSignature, int isServer)
    {
        NssClientEngine engine = (NssClientEngine)GCHandle.FromIntPtr(self).Target!;
        try
        {
            engine._certificateProblem = engine.CertificateProblem();
        }
        catch (Exception exception) // none may pass through NSS
        {
            engine._certificateProblem = $"its certificate cannot be checked: {exception.Message}";
        }
        if (engine._certificateProblem is null) return 0;
        engine.Nss.SetError(BadCertificate, 0);
        return -1;
    }

    private string? CertificateProblem()
    {
        byte* info = stackalloc byte[PreliminaryInfoLength];
        Require(Nss.GetPreliminaryChannelInfo(Fd, info, PreliminaryInfoLength), "SSL_GetPreliminaryChannelInfo");
        return _task.CertificateProblem(*(int*)(info + PreliminaryEchAccepted) != 0, ReadChain());
    }

    // CERTCertList: a ring of nodes (next, previous, certificate) that begins and ends at the list itself.
    private List<byte[]> ReadChain()
    {
        List<byte[]> chain = [];
        nint* list = Nss.PeerCertificateChain(Fd);
        if (list == null) return chain;
        for (nint* node = (nint*)list[0]; node != list; node = (nint*)node[0])
            chain.Add(((SecItem*)(node[2] + CertificateDer))->ToArray());
        Nss.DestroyCertList((nint)list);
        return chain;
    }
}
