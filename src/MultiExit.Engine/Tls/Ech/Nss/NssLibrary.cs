using System.Runtime.InteropServices;
using System.Text;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tls.Ech.Nss;

/// <summary>The functions of NSS and NSPR, all found before the first is called: a missing one would end the process.</summary>
/// <remarks>Nothing is ever unloaded or shut down: connections and finalizers may need it to the last moment.</remarks>
internal sealed unsafe class NssLibrary
{
    // READONLY, NOCERTDB, NOMODDB, FORCEOPEN, NOROOTINIT, OPTIMIZESPACE: nothing is read from or written to the disk.
    private const uint InMemory = 0x3f;

    private static readonly Lazy<NssLibrary> Loaded = new(() => new NssLibrary());

    private readonly nint _nspr, _nssutil, _nss, _ssl;

    private NssLibrary()
    {
        _nspr = Load("libnspr4.so");
        _nssutil = Load("libnssutil3.so");
        _nss = Load("libnss3.so");
        _ssl = Load("libssl3.so");
        GetError = (delegate* unmanaged<int>)Find(_nspr, "PR_GetError");
        SetError = (delegate* unmanaged<int, int, void>)Find(_nspr, "PR_SetError");
        ErrorToName = (delegate* unmanaged<int, byte*>)Find(_nspr, "PR_ErrorToName");
        ErrorToString = (delegate* unmanaged<int, uint, byte*>)Find(_nspr, "PR_ErrorToString");
        GetDefaultIoMethods = (delegate* unmanaged<nint*>)Find(_nspr, "PR_GetDefaultIOMethods");
        GetUniqueIdentity = (delegate* unmanaged<byte*, int>)Find(_nspr, "PR_GetUniqueIdentity");
        CreateIoLayer = (delegate* unmanaged<int, nint*, nint*>)Find(_nspr, "PR_CreateIOLayerStub");
        Close = (delegate* unmanaged<nint, int>)Find(_nspr, "PR_Close");
        Read = (delegate* unmanaged<nint, byte*, int, int>)Find(_nspr, "PR_Read");
        Receive = (delegate* unmanaged<nint, byte*, int, int, uint, int>)Find(_nspr, "PR_Recv");
        Write = (delegate* unmanaged<nint, byte*, int, int>)Find(_nspr, "PR_Write");
        Shutdown = (delegate* unmanaged<nint, int, int>)Find(_nspr, "PR_Shutdown");
        FreeItem = (delegate* unmanaged<SecItem*, int, void>)Find(_nssutil, "SECITEM_FreeItem_Util");
        GetDefaultCertDb = (delegate* unmanaged<nint>)Find(_nss, "CERT_GetDefaultCertDB");
        NewTempCertificate = (delegate* unmanaged<nint, SecItem*, byte*, int, int, nint>)Find(_nss, "CERT_NewTempCertificate");
        DestroyCertificate = (delegate* unmanaged<nint, void>)Find(_nss, "CERT_DestroyCertificate");
        DestroyCertList = (delegate* unmanaged<nint, void>)Find(_nss, "CERT_DestroyCertList");
        GetInternalSlot = (delegate* unmanaged<nint>)Find(_nss, "PK11_GetInternalSlot");
        FreeSlot = (delegate* unmanaged<nint, void>)Find(_nss, "PK11_FreeSlot");
        ImportPrivateKey = (delegate* unmanaged<nint, SecItem*, SecItem*, SecItem*, int, int, uint, nint*, void*, int>)
            Find(_nss, "PK11_ImportDERPrivateKeyInfoAndReturnKey");
        ConvertToPublicKey = (delegate* unmanaged<nint, nint>)Find(_nss, "SECKEY_ConvertToPublicKey");
        DestroyPrivateKey = (delegate* unmanaged<nint, void>)Find(_nss, "SECKEY_DestroyPrivateKey");
        DestroyPublicKey = (delegate* unmanaged<nint, void>)Find(_nss, "SECKEY_DestroyPublicKey");
        ImportFd = (delegate* unmanaged<nint, nint, nint>)Find(_ssl, "SSL_ImportFD");
        OptionSet = (delegate* unmanaged<nint, int, nint, int>)Find(_ssl, "SSL_OptionSet");
        VersionRangeSet = (delegate* unmanaged<nint, ushort*, int>)Find(_ssl, "SSL_VersionRangeSet");
        ResetHandshake = (delegate* unmanaged<nint, int, int>)Find(_ssl, "SSL_ResetHandshake");
        ForceHandshake = (delegate* unmanaged<nint, int>)Find(_ssl, "SSL_ForceHandshake");
        GetPreliminaryChannelInfo = (delegate* unmanaged<nint, byte*, uint, int>)Find(_ssl, "SSL_GetPreliminaryChannelInfo");
        GetChannelInfo = (delegate* unmanaged<nint, byte*, uint, int>)Find(_ssl, "SSL_GetChannelInfo");
        SetUrl = (delegate* unmanaged<nint, byte*, int>)Find(_ssl, "SSL_SetURL");
        AuthCertificateHook = (delegate* unmanaged<nint, delegate* unmanaged<nint, nint, int, int, int>, nint, int>)
            Find(_ssl, "SSL_AuthCertificateHook");
        PeerCertificateChain = (delegate* unmanaged<nint, nint*>)Find(_ssl, "SSL_PeerCertificateChain");
        ConfigServerCert = (delegate* unmanaged<nint, nint, nint, nint*, uint, int>)Find(_ssl, "SSL_ConfigServerCert");
        SniSocketConfigHook = (delegate* unmanaged<nint, delegate* unmanaged<nint, SecItem*, uint, nint, int>, nint, int>)
            Find(_ssl, "SSL_SNISocketConfigHook");
        Initialize();
        SetClientEchConfigs = (delegate* unmanaged<nint, byte*, uint, int>)Experimental("SSL_SetClientEchConfigs"u8);
        SetServerEchConfigs = (delegate* unmanaged<nint, nint, nint, byte*, uint, int>)Experimental("SSL_SetServerEchConfigs"u8);
        GetEchRetryConfigs = (delegate* unmanaged<nint, SecItem*, int>)Experimental("SSL_GetEchRetryConfigs"u8);
        Version = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)Find(_nss, "NSS_GetVersion"))()) ?? "";
        Methods = NssIoLayer.CreateMethods(GetDefaultIoMethods());
        fixed (byte* name = "multiexit"u8) Identity = GetUniqueIdentity(name);
    }

    /// <summary>The library.</summary>
    /// <exception cref="ProxyException">It is not installed or too old (<see cref="ProxyError.MissingLibrary"/>).</exception>
    public static NssLibrary Instance => Loaded.Value;

    public string Version { get; }

    /// <summary>The methods of the I/O layer, and its identity.</summary>
    public nint* Methods { get; }

    public int Identity { get; }

    // NSPR; a file descriptor is a PRFileDesc*.
    public delegate* unmanaged<int> GetError { get; }
    public delegate* unmanaged<int, int, void> SetError { get; }
    public delegate* unmanaged<int, nint*, nint*> CreateIoLayer { get; }
    public delegate* unmanaged<nint, int> Close { get; }
    public delegate* unmanaged<nint, byte*, int, int> Read { get; }
    public delegate* unmanaged<nint, byte*, int, int, uint, int> Receive { get; }
    public delegate* unmanaged<nint, byte*, int, int> Write { get; }
    public delegate* unmanaged<nint, int, int> Shutdown { get; }

    // Certificates and keys.
    public delegate* unmanaged<SecItem*, int, void> FreeItem { get; }
    public delegate* unmanaged<nint> GetDefaultCertDb { get; }
    public delegate* unmanaged<nint, SecItem*, byte*, int, int, nint> NewTempCertificate { get; }
    public delegate* unmanaged<nint, void> DestroyCertificate { get; }
    public delegate* unmanaged<nint, void> DestroyCertList { get; }
    public delegate* unmanaged<nint> GetInternalSlot { get; }
    public delegate* unmanaged<nint, void> FreeSlot { get; }
    public delegate* unmanaged<nint, SecItem*, SecItem*, SecItem*, int, int, uint, nint*, void*, int> ImportPrivateKey { get; }
    public delegate* unmanaged<nint, nint> ConvertToPublicKey { get; }
    public delegate* unmanaged<nint, void> DestroyPrivateKey { get; }
    public delegate* unmanaged<nint, void> DestroyPublicKey { get; }

    // TLS.
    public delegate* unmanaged<nint, nint, nint> ImportFd { get; }
    public delegate* unmanaged<nint, int, nint, int> OptionSet { get; }
    public delegate* unmanaged<nint, ushort*, int> VersionRangeSet { get; }
    public delegate* unmanaged<nint, int, int> ResetHandshake { get; }
    public delegate* unmanaged<nint, int> ForceHandshake { get; }
    public delegate* unmanaged<nint, byte*, uint, int> GetPreliminaryChannelInfo { get; }
    public delegate* unmanaged<nint, byte*, uint, int> GetChannelInfo { get; }
    public delegate* unmanaged<nint, byte*, int> SetUrl { get; }
    public delegate* unmanaged<nint, delegate* unmanaged<nint, nint, int, int, int>, nint, int> AuthCertificateHook { get; }
    public delegate* unmanaged<nint, nint*> PeerCertificateChain { get; }
    public delegate* unmanaged<nint, nint, nint, nint*, uint, int> ConfigServerCert { get; }
    public delegate* unmanaged<nint, delegate* unmanaged<nint, SecItem*, uint, nint, int>, nint, int> SniSocketConfigHook { get; }
    public delegate* unmanaged<nint, byte*, uint, int> SetClientEchConfigs { get; }
    public delegate* unmanaged<nint, nint, nint, byte*, uint, int> SetServerEchConfigs { get; }
    public delegate* unmanaged<nint, SecItem*, int> GetEchRetryConfigs { get; }

    private delegate* unmanaged<int, byte*> ErrorToName { get; }
    private delegate* unmanaged<int, uint, byte*> ErrorToString { get; }
    private delegate* unmanaged<nint*> GetDefaultIoMethods { get; }
    private delegate* unmanaged<byte*, int> GetUniqueIdentity { get; }

    /// <summary>An error as text: its name and NSS's sentence.</summary>
    public string Describe(int error)
    {
        string? name = Marshal.PtrToStringUTF8((nint)ErrorToName(error));
        string? text = Marshal.PtrToStringUTF8((nint)ErrorToString(error, 0));
        return $"{text?.TrimEnd('.') ?? "unknown error"} ({name ?? error.ToString(System.Globalization.CultureInfo.InvariantCulture)})";
    }

    /// <summary>The failure of the call that this thread made last.</summary>
    public InvalidOperationException LastFailure(string call) => new($"{call} of NSS failed: {Describe(GetError())}");

    private void Initialize()
    {
        var initialize = (delegate* unmanaged<byte*, byte*, byte*, byte*, void*, uint, nint>)Find(_nss, "NSS_InitContext");
        var allowCiphers = (delegate* unmanaged<int>)Find(_ssl, "NSS_SetDomesticPolicy");
        byte nothing = 0;
        if (initialize(&nothing, &nothing, &nothing, &nothing, null, InMemory) == 0) throw Missing($"does not start: {Describe(GetError())}");
        if (allowCiphers() != 0) throw Missing($"does not start: {Describe(GetError())}");
    }

    private static nint Load(string file) => NativeLibrary.TryLoad(file, out nint library) ? library : throw Missing($"is not installed ({file} is missing)");

    private static void* Find(nint library, string function) =>
        NativeLibrary.TryGetExport(library, function, out nint address) ? (void*)address : throw TooOld(function);

    private void* Experimental(ReadOnlySpan<byte> function)
    {
        var find = (delegate* unmanaged<byte*, void*>)Find(_ssl, "SSL_GetExperimentalAPI");
        fixed (byte* name = function)
        {
            void* address = find(name);
            return address != null ? address : throw TooOld(Encoding.ASCII.GetString(function));
        }
    }

    private static ProxyException TooOld(string function) => Missing($"has no ECH ({function} is missing); 3.87 or later has it");

    private static ProxyException Missing(string problem) => new(ProxyError.MissingLibrary, $"NSS {problem}");
}
