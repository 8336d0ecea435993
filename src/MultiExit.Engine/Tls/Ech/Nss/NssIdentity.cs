using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tls.Ech.Nss;

/// <summary>A server's certificate chain, its key and its ECH keys, imported into NSS.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Connections may still be made with it when its owner lets go; the handles free themselves.")]
internal sealed unsafe class NssIdentity : IEchServerIdentity
{
    private const int ServerDataWords = 6; // of SSLExtraServerCertData: authType, certChain, and four that stay empty

    private readonly NssLibrary _nss;
    private readonly NssHandle _certificate;
    private readonly NssHandle _key;
    private readonly byte[] _chain; // DER, one behind the other
    private readonly int[] _lengths;
    private readonly Dictionary<EchServerKey, (NssHandle Private, NssHandle Public)> _echKeys = new(ReferenceEqualityComparer.Instance);

    public NssIdentity(NssLibrary nss, X509Certificate2 certificate, X509Certificate2Collection chain, EchServerKeys keys)
    {
        _nss = nss;
        byte[][] all = [certificate.RawData, .. chain.Select(other => other.RawData)];
        _chain = [.. all.SelectMany(der => der)];
        _lengths = Array.ConvertAll(all, der => der.Length);
        fixed (byte* der = _chain)
        {
            SecItem item = new(der, _lengths[0]);
            _certificate = new(nss.NewTempCertificate(nss.GetDefaultCertDb(), &item, null, 0, 1), nss.DestroyCertificate);
        }
        if (_certificate.IsInvalid) throw Unusable("the certificate");
        _key = Import(ServerKeys.Export(certificate), "the certificate's key");
        foreach (EchServerKey key in keys.All)
        {
            // NSS compares a client's choice with the first suite alone, so that some clients would be rejected again and again.
            if (key.Config.CipherSuites.Count > 1)
                throw new ProxyException(ProxyError.CertificateUnreadable,
                    $"the ECH key with the config id {key.Config.ConfigId} has a config with several cipher suites, "
                    + "and NSS serves the first alone; make one with New-MxEchKey");
            NssHandle imported = Import(NssKeyFormat.X25519(key.PrivateKey.Reveal(), key.Config.PublicKey.Span), "an ECH key");
            NssHandle publicKey = new(nss.ConvertToPublicKey(imported.Value), nss.DestroyPublicKey);
            if (publicKey.IsInvalid) throw Unusable("an ECH key");
            _echKeys.Add(key, (imported, publicKey));
        }
    }

    public EchEngine CreateServer(EchServerKey key) => new NssServerEngine(_nss, this, key);

    /// <summary>Gives certificate and keys to a connection, which takes copies.</summary>
    public void Configure(nint fd, EchServerKey key)
    {
        ConfigureCertificate(fd);
        (NssHandle privateKey, NssHandle publicKey) = _echKeys[key];
        byte[] list = key.Config.ToList();
        fixed (byte* source = list)
        {
            if (_nss.SetServerEchConfigs(fd, publicKey.Value, privateKey.Value, source, (uint)list.Length) != 0)
                throw _nss.LastFailure("SSL_SetServerEchConfigs");
        }
        GC.KeepAlive(this);
    }

    private void ConfigureCertificate(nint fd)
    {
        SecItem* items = stackalloc SecItem[_lengths.Length];
        nint* list = stackalloc nint[] { (nint)items, _lengths.Length, 0 }; // CERTCertificateList
        nint* data = stackalloc nint[ServerDataWords];
        new Span<nint>(data, ServerDataWords).Clear();
        data[1] = (nint)list;
        fixed (byte* source = _chain)
        {
            byte* next = source;
            for (int i = 0; i < _lengths.Length; next += _lengths[i], i++) items[i] = new(next, _lengths[i]);
            if (_nss.ConfigServerCert(fd, _certificate.Value, _key.Value, data, ServerDataWords * (uint)sizeof(nint)) != 0)
                throw _nss.LastFailure("SSL_ConfigServerCert");
        }
    }

    private NssHandle Import(byte[] pkcs8, string what)
    {
        const uint AllUsages = 0xff; // KU_ALL
        nint key = 0;
        nint slot = _nss.GetInternalSlot();
        fixed (byte* source = pkcs8)
        {
            SecItem item = new(source, pkcs8.Length);
            if (_nss.ImportPrivateKey(slot, &item, null, null, 0, 1, AllUsages, &key, null) != 0) key = 0;
        }
        ProxyException? failure = key == 0 ? Unusable(what) : null;
        _nss.FreeSlot(slot);
        CryptographicOperations.ZeroMemory(pkcs8);
        return failure is null ? new NssHandle(key, _nss.DestroyPrivateKey) : throw failure;
    }

    private ProxyException Unusable(string what) =>
        new(ProxyError.CertificateUnreadable, $"NSS, which serves connections with ECH, cannot use {what}: {_nss.Describe(_nss.GetError())}");
}
