using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>The few functions of OpenSSL's libcrypto that .NET does not offer.</summary>
internal sealed unsafe class Libcrypto
{
    private const int X25519 = 1034; // EVP_PKEY_X25519, which is NID_X25519
    private static readonly Lazy<Libcrypto?> Loaded = new(Load);

    private readonly delegate* unmanaged<int, nint, byte*, nuint, nint> _newRawPrivateKey;
    private readonly delegate* unmanaged<nint, byte*, nuint*, int> _getRawPublicKey;
    private readonly delegate* unmanaged<nint, void> _free;

    private Libcrypto(nint library)
    {
        _newRawPrivateKey = (delegate* unmanaged<int, nint, byte*, nuint, nint>)NativeLibrary.GetExport(library, "EVP_PKEY_new_raw_private_key");
        _getRawPublicKey = (delegate* unmanaged<nint, byte*, nuint*, int>)NativeLibrary.GetExport(library, "EVP_PKEY_get_raw_public_key");
        _free = (delegate* unmanaged<nint, void>)NativeLibrary.GetExport(library, "EVP_PKEY_free");
    }

    /// <summary>The library.</summary>
    /// <exception cref="ProxyException">There is none (<see cref="ProxyError.MissingLibrary"/>).</exception>
    public static Libcrypto Instance => Loaded.Value ?? throw new ProxyException(ProxyError.MissingLibrary,
        "ECH keys need OpenSSL's libcrypto 1.1.1 or later, and .NET has none on this system; install the package libssl3 "
        + "(Debian, Ubuntu), openssl-libs (Fedora) or openssl (Alpine); on Windows make the keys on a Linux host");

    /// <summary>Computes the public key of an X25519 private key.</summary>
    public void DeriveX25519(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        nuint length = (nuint)publicKey.Length;
        fixed (byte* source = privateKey)
        fixed (byte* target = publicKey)
        {
            nint key = _newRawPrivateKey(X25519, 0, source, (nuint)privateKey.Length);
            if (key == 0) throw new CryptographicException("libcrypto refuses the X25519 key");
            int result = _getRawPublicKey(key, target, &length);
            _free(key);
            if (result != 1 || length != (nuint)publicKey.Length) throw new CryptographicException("libcrypto gives no X25519 public key");
        }
    }

    // The library that .NET has loaded already: a second one in the process would double everything. The file name follows the
    // version, MNNFFPPS in hexadecimal.
    private static Libcrypto? Load()
    {
        if (OperatingSystem.IsWindows()) return null;
        try
        {
            long major = SafeEvpPKeyHandle.OpenSslVersion >> 28;
            string version = major >= 3 ? $"{major}" : "1.1";
            foreach (string file in (ReadOnlySpan<string>)[$"libcrypto.so.{version}", $"libcrypto.{version}.dylib"])
                if (NativeLibrary.TryLoad(file, out nint library)) return new(library);
        }
        catch (Exception exception) when (exception is PlatformNotSupportedException or DllNotFoundException or TypeInitializationException
            or EntryPointNotFoundException)
        {
            // .NET runs without OpenSSL here, or with a version older than X25519.
        }
        return null;
    }
}
