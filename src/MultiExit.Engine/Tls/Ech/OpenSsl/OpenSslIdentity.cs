using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Ech;

namespace MultiExit.Engine.Tls.Ech.OpenSsl;

/// <summary>A server's certificate chain, its key and its ECH keys, in OpenSSL.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Connections may still be made with it when its owner lets go; the context frees itself.")]
internal sealed unsafe class OpenSslIdentity : IEchServerIdentity
{
    private const int AddChainCertificate = 14; // SSL_CTRL_EXTRA_CHAIN_CERT

    private readonly OpenSslLibrary _library;
    private readonly OpenSslContext _context;

    public OpenSslIdentity(OpenSslLibrary library, X509Certificate2 certificate, X509Certificate2Collection chain, EchServerKeys keys)
    {
        _library = library;
        _context = new OpenSslContext(library, library.ServerMethod());
        library.ClearErrors();
        UseCertificate(certificate.RawData, isLeaf: true);
        foreach (X509Certificate2 other in chain) UseCertificate(other.RawData, isLeaf: false);
        UsePrivateKey(ServerKeys.Export(certificate));
        UseEchKeys(keys);
    }

    // OpenSSL finds the key itself.
    public EchEngine CreateServer(EchServerKey key)
    {
        OpenSslServerEngine engine = new(_library, _context.Value);
        GC.KeepAlive(_context);
        return engine;
    }

    private void UseCertificate(byte[] der, bool isLeaf)
    {
        nint parsed;
        fixed (byte* source = der)
        {
            byte* next = source;
            parsed = _library.ParseCertificate(0, &next, new CLong(der.Length));
        }
        if (parsed == 0) throw Unusable("a certificate");
        if (isLeaf)
        {
            int status = _library.UseCertificate(_context.Value, parsed);
            _library.FreeCertificate(parsed);
            if (status != 1) throw Unusable("the certificate");
        }
        else if (_library.ContextControl(_context.Value, AddChainCertificate, new CLong(0), parsed).Value != 1) // and owns it
        {
            _library.FreeCertificate(parsed);
            throw Unusable("a certificate of the chain");
        }
    }

    private void UsePrivateKey(byte[] pkcs8)
    {
        nint key;
        fixed (byte* source = pkcs8)
        {
            byte* next = source;
            key = _library.ParsePrivateKey(0, &next, new CLong(pkcs8.Length));
        }
        CryptographicOperations.ZeroMemory(pkcs8);
        int status = key == 0 ? 0 : _library.UsePrivateKey(_context.Value, key);
        if (key != 0) _library.FreePrivateKey(key);
        if (status != 1) throw Unusable("the certificate's key");
    }

    private void UseEchKeys(EchServerKeys keys)
    {
        nint store = _library.NewEchStore(0, null);
        if (store == 0) throw _library.LastFailure("OSSL_ECHSTORE_new");
        try
        {
            foreach (EchServerKey key in keys.All)
                if (!ReadKey(store, key, isCurrent: key == keys.Current)) throw Unusable("an ECH key");
            if (_library.SetEchStore(_context.Value, store) != 1) throw _library.LastFailure("SSL_CTX_set1_echstore");
        }
        finally
        {
            _library.FreeEchStore(store);
        }
    }

    // Only the newest key's config is one to retry with.
    private bool ReadKey(nint store, EchServerKey key, bool isCurrent)
    {
        byte[] pem = Encoding.ASCII.GetBytes(EchPemFile.WritePair(key.PrivateKey.Reveal(), key.Config.ToList()));
        try
        {
            fixed (byte* source = pem)
            {
                nint bio = _library.NewMemoryBio(source, pem.Length);
                int status = _library.ReadEchPem(store, bio, isCurrent ? 1 : 0);
                _library.FreeBio(bio);
                return status == 1;
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }
    }

    private ProxyException Unusable(string what) =>
        new(ProxyError.CertificateUnreadable, $"OpenSSL, which serves connections with ECH, cannot use {what}: {_library.Describe()}");
}
