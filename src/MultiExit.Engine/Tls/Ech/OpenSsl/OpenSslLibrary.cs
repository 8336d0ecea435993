using System.Runtime.InteropServices;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tls.Ech.OpenSsl;

/// <summary>The functions of OpenSSL 4, all found before the first is called. It lives beside the OpenSSL that .NET uses: other files,
/// other symbol versions.</summary>
/// <remarks>Nothing is ever unloaded: connections and finalizers may need it to the last moment. Objects of OpenSSL are plain pointers.</remarks>
internal sealed unsafe class OpenSslLibrary
{
    private static readonly Lazy<OpenSslLibrary> Loaded = new(() => new OpenSslLibrary());

    private readonly nint _crypto, _ssl;

    private OpenSslLibrary()
    {
        string? folder = Environment.GetEnvironmentVariable(OpenSslBackend.FolderVariable);
        // First, by its place: libssl asks for it by name alone.
        _crypto = Load(folder, "libcrypto.so.4");
        _ssl = Load(folder, "libssl.so.4");
        VersionText = (delegate* unmanaged<int, byte*>)Find(_crypto, "OpenSSL_version");
        ClearErrors = (delegate* unmanaged<void>)Find(_crypto, "ERR_clear_error");
        LastError = (delegate* unmanaged<CULong>)Find(_crypto, "ERR_peek_last_error");
        ErrorString = (delegate* unmanaged<CULong, byte*, nuint, void>)Find(_crypto, "ERR_error_string_n");
        FreeMemory = (delegate* unmanaged<nint, byte*, int, void>)Find(_crypto, "CRYPTO_free");
        NewExIndex = (delegate* unmanaged<int, CLong, nint, nint, nint, nint, int>)Find(_crypto, "CRYPTO_get_ex_new_index");
        NewBioMethod = (delegate* unmanaged<int, byte*, nint>)Find(_crypto, "BIO_meth_new");
        SetBioRead = (delegate* unmanaged<nint, delegate* unmanaged<nint, byte*, int, int>, int>)Find(_crypto, "BIO_meth_set_read");
        SetBioWrite = (delegate* unmanaged<nint, delegate* unmanaged<nint, byte*, int, int>, int>)Find(_crypto, "BIO_meth_set_write");
        SetBioControl = (delegate* unmanaged<nint, delegate* unmanaged<nint, int, CLong, nint, CLong>, int>)Find(_crypto, "BIO_meth_set_ctrl");
        NewBio = (delegate* unmanaged<nint, nint>)Find(_crypto, "BIO_new");
        FreeBio = (delegate* unmanaged<nint, int>)Find(_crypto, "BIO_free");
        NewMemoryBio = (delegate* unmanaged<byte*, int, nint>)Find(_crypto, "BIO_new_mem_buf");
        SetBioData = (delegate* unmanaged<nint, nint, void>)Find(_crypto, "BIO_set_data");
        GetBioData = (delegate* unmanaged<nint, nint>)Find(_crypto, "BIO_get_data");
        SetBioInit = (delegate* unmanaged<nint, int, void>)Find(_crypto, "BIO_set_init");
        SetBioFlags = (delegate* unmanaged<nint, int, void>)Find(_crypto, "BIO_set_flags");
        ClearBioFlags = (delegate* unmanaged<nint, int, void>)Find(_crypto, "BIO_clear_flags");
        ParseCertificate = (delegate* unmanaged<nint, byte**, CLong, nint>)Find(_crypto, "d2i_X509");
        WriteCertificate = (delegate* unmanaged<nint, byte**, int>)Find(_crypto, "i2d_X509");
        FreeCertificate = (delegate* unmanaged<nint, void>)Find(_crypto, "X509_free");
        ParsePrivateKey = (delegate* unmanaged<nint, byte**, CLong, nint>)Find(_crypto, "d2i_AutoPrivateKey");
        FreePrivateKey = (delegate* unmanaged<nint, void>)Find(_crypto, "EVP_PKEY_free");
        StackCount = (delegate* unmanaged<nint, int>)Find(_crypto, "OPENSSL_sk_num");
        StackItem = (delegate* unmanaged<nint, int, nint>)Find(_crypto, "OPENSSL_sk_value");
        StoreExData = (delegate* unmanaged<nint, int, nint>)Find(_crypto, "X509_STORE_CTX_get_ex_data");
        StoreCertificates = (delegate* unmanaged<nint, nint>)Find(_crypto, "X509_STORE_CTX_get0_untrusted");
        StoreSetError = (delegate* unmanaged<nint, int, void>)Find(_crypto, "X509_STORE_CTX_set_error");
        ClientMethod = (delegate* unmanaged<nint>)Find(_ssl, "TLS_client_method");
        ServerMethod = (delegate* unmanaged<nint>)Find(_ssl, "TLS_server_method");
        NewContext = (delegate* unmanaged<nint, nint>)Find(_ssl, "SSL_CTX_new");
        FreeContext = (delegate* unmanaged<nint, void>)Find(_ssl, "SSL_CTX_free");
        ContextControl = (delegate* unmanaged<nint, int, CLong, nint, CLong>)Find(_ssl, "SSL_CTX_ctrl");
        SetTickets = (delegate* unmanaged<nint, nuint, int>)Find(_ssl, "SSL_CTX_set_num_tickets");
        SetVerify = (delegate* unmanaged<nint, int, nint, void>)Find(_ssl, "SSL_CTX_set_verify");
        SetVerifyCallback = (delegate* unmanaged<nint, delegate* unmanaged<nint, nint, int>, nint, void>)Find(_ssl, "SSL_CTX_set_cert_verify_callback");
        UseCertificate = (delegate* unmanaged<nint, nint, int>)Find(_ssl, "SSL_CTX_use_certificate");
        UsePrivateKey = (delegate* unmanaged<nint, nint, int>)Find(_ssl, "SSL_CTX_use_PrivateKey");
        NewEchStore = (delegate* unmanaged<nint, byte*, nint>)Find(_ssl, "OSSL_ECHSTORE_new");
        FreeEchStore = (delegate* unmanaged<nint, void>)Find(_ssl, "OSSL_ECHSTORE_free");
        ReadEchPem = (delegate* unmanaged<nint, nint, int, int>)Find(_ssl, "OSSL_ECHSTORE_read_pem");
        SetEchStore = (delegate* unmanaged<nint, nint, int>)Find(_ssl, "SSL_CTX_set1_echstore");
        New = (delegate* unmanaged<nint, nint>)Find(_ssl, "SSL_new");
        Free = (delegate* unmanaged<nint, void>)Find(_ssl, "SSL_free");
        SetBio = (delegate* unmanaged<nint, nint, nint, void>)Find(_ssl, "SSL_set_bio");
        SetExData = (delegate* unmanaged<nint, int, nint, int>)Find(_ssl, "SSL_set_ex_data");
        GetExData = (delegate* unmanaged<nint, int, nint>)Find(_ssl, "SSL_get_ex_data");
        StoreSslIndex = (delegate* unmanaged<int>)Find(_ssl, "SSL_get_ex_data_X509_STORE_CTX_idx");
        SetConnectState = (delegate* unmanaged<nint, void>)Find(_ssl, "SSL_set_connect_state");
        SetAcceptState = (delegate* unmanaged<nint, void>)Find(_ssl, "SSL_set_accept_state");
        Control = (delegate* unmanaged<nint, int, CLong, byte*, CLong>)Find(_ssl, "SSL_ctrl");
        SetEchConfigs = (delegate* unmanaged<nint, byte*, nuint, int>)Find(_ssl, "SSL_set1_ech_config_list");
        GetEchStatus = (delegate* unmanaged<nint, byte**, byte**, int>)Find(_ssl, "SSL_ech_get1_status");
        GetRetryConfigs = (delegate* unmanaged<nint, byte**, nuint*, int>)Find(_ssl, "SSL_ech_get1_retry_config");
        Handshake = (delegate* unmanaged<nint, int>)Find(_ssl, "SSL_do_handshake");
        GetError = (delegate* unmanaged<nint, int, int>)Find(_ssl, "SSL_get_error");
        Read = (delegate* unmanaged<nint, byte*, int, int>)Find(_ssl, "SSL_read");
        Peek = (delegate* unmanaged<nint, byte*, int, int>)Find(_ssl, "SSL_peek");
        Write = (delegate* unmanaged<nint, byte*, int, int>)Find(_ssl, "SSL_write");
        Shutdown = (delegate* unmanaged<nint, int>)Find(_ssl, "SSL_shutdown");
        GetShutdown = (delegate* unmanaged<nint, int>)Find(_ssl, "SSL_get_shutdown");
        Version = Marshal.PtrToStringUTF8((nint)VersionText(0)) ?? "";
        EngineIndex = NewExIndex(0, new CLong(0), 0, 0, 0, 0); // CRYPTO_EX_INDEX_SSL
        BioMethod = OpenSslBio.CreateMethod(this);
    }

    /// <summary>The library.</summary>
    /// <exception cref="ProxyException">It is not installed (<see cref="ProxyError.MissingLibrary"/>).</exception>
    public static OpenSslLibrary Instance => Loaded.Value;

    public string Version { get; }

    /// <summary>Where a connection keeps the handle of its engine.</summary>
    public int EngineIndex { get; }

    public nint BioMethod { get; }

    private delegate* unmanaged<int, byte*> VersionText { get; }
    public delegate* unmanaged<void> ClearErrors { get; }
    public delegate* unmanaged<CULong> LastError { get; }
    public delegate* unmanaged<CULong, byte*, nuint, void> ErrorString { get; }
    public delegate* unmanaged<nint, byte*, int, void> FreeMemory { get; }
    private delegate* unmanaged<int, CLong, nint, nint, nint, nint, int> NewExIndex { get; }
    public delegate* unmanaged<int, byte*, nint> NewBioMethod { get; }
    public delegate* unmanaged<nint, delegate* unmanaged<nint, byte*, int, int>, int> SetBioRead { get; }
    public delegate* unmanaged<nint, delegate* unmanaged<nint, byte*, int, int>, int> SetBioWrite { get; }
    public delegate* unmanaged<nint, delegate* unmanaged<nint, int, CLong, nint, CLong>, int> SetBioControl { get; }
    public delegate* unmanaged<nint, nint> NewBio { get; }
    public delegate* unmanaged<nint, int> FreeBio { get; }
    public delegate* unmanaged<byte*, int, nint> NewMemoryBio { get; }
    public delegate* unmanaged<nint, nint, void> SetBioData { get; }
    public delegate* unmanaged<nint, nint> GetBioData { get; }
    public delegate* unmanaged<nint, int, void> SetBioInit { get; }
    public delegate* unmanaged<nint, int, void> SetBioFlags { get; }
    public delegate* unmanaged<nint, int, void> ClearBioFlags { get; }
    public delegate* unmanaged<nint, byte**, CLong, nint> ParseCertificate { get; }
    public delegate* unmanaged<nint, byte**, int> WriteCertificate { get; }
    public delegate* unmanaged<nint, void> FreeCertificate { get; }
    public delegate* unmanaged<nint, byte**, CLong, nint> ParsePrivateKey { get; }
    public delegate* unmanaged<nint, void> FreePrivateKey { get; }
    public delegate* unmanaged<nint, int> StackCount { get; }
    public delegate* unmanaged<nint, int, nint> StackItem { get; }
    public delegate* unmanaged<nint, int, nint> StoreExData { get; }
    public delegate* unmanaged<nint, nint> StoreCertificates { get; }
    public delegate* unmanaged<nint, int, void> StoreSetError { get; }
    public delegate* unmanaged<nint> ClientMethod { get; }
    public delegate* unmanaged<nint> ServerMethod { get; }
    public delegate* unmanaged<nint, nint> NewContext { get; }
    public delegate* unmanaged<nint, void> FreeContext { get; }
    public delegate* unmanaged<nint, int, CLong, nint, CLong> ContextControl { get; }
    public delegate* unmanaged<nint, nuint, int> SetTickets { get; }
    public delegate* unmanaged<nint, int, nint, void> SetVerify { get; }
    public delegate* unmanaged<nint, delegate* unmanaged<nint, nint, int>, nint, void> SetVerifyCallback { get; }
    public delegate* unmanaged<nint, nint, int> UseCertificate { get; }
    public delegate* unmanaged<nint, nint, int> UsePrivateKey { get; }
    public delegate* unmanaged<nint, byte*, nint> NewEchStore { get; }
    public delegate* unmanaged<nint, void> FreeEchStore { get; }
    public delegate* unmanaged<nint, nint, int, int> ReadEchPem { get; }
    public delegate* unmanaged<nint, nint, int> SetEchStore { get; }
    public delegate* unmanaged<nint, nint> New { get; }
    public delegate* unmanaged<nint, void> Free { get; }
    public delegate* unmanaged<nint, nint, nint, void> SetBio { get; }
    public delegate* unmanaged<nint, int, nint, int> SetExData { get; }
    public delegate* unmanaged<nint, int, nint> GetExData { get; }
    public delegate* unmanaged<int> StoreSslIndex { get; }
    public delegate* unmanaged<nint, void> SetConnectState { get; }
    public delegate* unmanaged<nint, void> SetAcceptState { get; }
    public delegate* unmanaged<nint, int, CLong, byte*, CLong> Control { get; }
    public delegate* unmanaged<nint, byte*, nuint, int> SetEchConfigs { get; }
    public delegate* unmanaged<nint, byte**, byte**, int> GetEchStatus { get; }
    public delegate* unmanaged<nint, byte**, nuint*, int> GetRetryConfigs { get; }
    public delegate* unmanaged<nint, int> Handshake { get; }
    public delegate* unmanaged<nint, int, int> GetError { get; }
    public delegate* unmanaged<nint, byte*, int, int> Read { get; }
    public delegate* unmanaged<nint, byte*, int, int> Peek { get; }
    public delegate* unmanaged<nint, byte*, int, int> Write { get; }
    public delegate* unmanaged<nint, int> Shutdown { get; }
    public delegate* unmanaged<nint, int> GetShutdown { get; }

    /// <summary>The last error of this thread, as text.</summary>
    public string Describe()
    {
        const int Length = 256;
        byte* text = stackalloc byte[Length];
        ErrorString(LastError(), text, Length);
        string words = Marshal.PtrToStringUTF8((nint)text) ?? "";
        // error:0A000086:SSL routines::certificate verify failed
        return words.LastIndexOf(':') is var colon and >= 0 ? words[(colon + 1)..] : words;
    }

    /// <summary>The failure of the call that this thread made last.</summary>
    public InvalidOperationException LastFailure(string call) => new($"{call} of OpenSSL failed: {Describe()}");

    private static nint Load(string? folder, string file) =>
        NativeLibrary.TryLoad(folder is null ? file : Path.Combine(folder, file), out nint library) ? library
            : throw Missing($"is not installed ({file} is missing{(folder is null ? "" : $" in {folder}")})");

    private static void* Find(nint library, string function) =>
        NativeLibrary.TryGetExport(library, function, out nint address) ? (void*)address
            : throw Missing($"has no ECH ({function} is missing)");

    private static ProxyException Missing(string problem) => new(ProxyError.MissingLibrary, $"OpenSSL 4 {problem}");
}
