using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MultiExit.Engine.Protocols.Ech;

/// <summary>One ECHConfig (RFC 9849 section 4): the key and the public name under which clients hide another name. Immutable.</summary>
/// <remarks>version 2 | length 2 | config_id 1 | kem_id 2 | public_key 2+n | cipher_suites 2+4n | maximum_name_length 1 |
/// public_name 1+n | extensions 2+n. Of a version other than fe0d only the first two fields are known.</remarks>
public sealed class EchConfig
{
    private EchConfig(ushort version, byte[] encoded)
    {
        Version = version;
        Encoded = encoded;
    }

    /// <summary>The version; this build knows fe0d.</summary>
    public ushort Version { get; }

    /// <summary>The number by which the server finds the key.</summary>
    public byte ConfigId { get; private init; }

    /// <summary>The key exchange (RFC 9180 section 7.1); usable is X25519, 0x0020.</summary>
    public ushort Kem { get; private init; }

    /// <summary>The public key.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; private init; }

    /// <summary>The pairs of algorithms, in the server's order.</summary>
    public IReadOnlyList<EchCipherSuite> CipherSuites { get; private init; } = [];

    /// <summary>The longest name that the server hides, for padding; 0 when it does not say.</summary>
    public byte MaximumNameLength { get; private init; }

    /// <summary>The name that every observer sees. Octets that are not printable ASCII stand as <c>\ddd</c>; such a config is not usable.</summary>
    public string PublicName { get; private init; } = "";

    /// <summary>The extensions.</summary>
    public IReadOnlyList<EchExtension> Extensions { get; private init; } = [];

    /// <summary>The whole config, version and length included.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>Why a client must leave this config alone, as the end of a sentence; null when it may use it.</summary>
    public string? Unusable { get; private init; }

    /// <summary>The name of the key exchange.</summary>
    public string KemName => EchWire.KemName(Kem);

    /// <summary>An ECHConfigList with this config alone.</summary>
    public byte[] ToList() => EchConfigList.Write([this]);

    /// <summary>Makes a config for an X25519 key with the one suite that every implementation has.</summary>
    /// <param name="configId">The number by which the server finds the key.</param>
    /// <param name="publicKey">The key, 32 bytes.</param>
    /// <param name="publicName">The name that every observer sees.</param>
    /// <param name="maximumNameLength">The longest name that the server hides; 0: not published.</param>
    /// <exception cref="ArgumentException">The key has another length, or the name is not a host name.</exception>
    internal static EchConfig Create(byte configId, ReadOnlySpan<byte> publicKey, string publicName, byte maximumNameLength = 0)
    {
        if (publicKey.Length != EchWire.KeyLength) throw new ArgumentException("an X25519 key has 32 bytes", nameof(publicKey));
        if (!EchPublicName.IsValid(publicName)) throw new ArgumentException("the public name is not a host name", nameof(publicName));
        EchCipherSuite suite = EchCipherSuite.Default;
        byte[] contents =
        [
            configId, .. UInt16(EchWire.KemX25519), .. UInt16(publicKey.Length), .. publicKey,
            .. UInt16(4), .. UInt16(suite.Kdf), .. UInt16(suite.Aead),
            maximumNameLength, (byte)publicName.Length, .. Encoding.ASCII.GetBytes(publicName), .. UInt16(0),
        ];
        return Read(EchWire.Version, contents, [.. UInt16(EchWire.Version), .. UInt16(contents.Length), .. contents]);
    }

    /// <summary>Reads a config whose length has been checked. What is wrong with its contents makes it unusable.</summary>
    internal static EchConfig Read(ushort version, ReadOnlySpan<byte> contents, byte[] encoded)
    {
        if (version != EchWire.Version) return new(version, encoded) { Unusable = $"it has the version {version:x4}, and only fe0d is known" };
        WireReader reader = new(contents);
        if (!reader.TryReadByte(out byte id) || !reader.TryReadUInt16(out ushort kem)
            || !reader.TryReadVector16(out ReadOnlySpan<byte> key) || !reader.TryReadVector16(out ReadOnlySpan<byte> suites)
            || !reader.TryReadByte(out byte maximum) || !reader.TryReadVector8(out ReadOnlySpan<byte> name)
            || !reader.TryReadVector16(out ReadOnlySpan<byte> extensions) || !reader.IsEmpty
            || !TryReadSuites(suites, out EchCipherSuite[] pairs) || !TryReadExtensions(extensions, out List<EchExtension> known))
            return new(version, encoded) { Unusable = "its fields do not fit into its length (RFC 9849 section 4)" };
        return new(version, encoded)
        {
            ConfigId = id, Kem = kem, PublicKey = key.ToArray(), CipherSuites = pairs, MaximumNameLength = maximum,
            PublicName = EchPublicName.ToText(name), Extensions = known,
            Unusable = WhyNot(kem, key.Length, pairs, known, name),
        };
    }

    private static string? WhyNot(
        ushort kem, int keyLength, EchCipherSuite[] suites, List<EchExtension> extensions, ReadOnlySpan<byte> publicName)
    {
        if (kem != EchWire.KemX25519) return $"it has the key exchange {EchWire.KemName(kem)}, and only X25519 (0x0020) is known";
        if (keyLength != EchWire.KeyLength)
            return string.Create(CultureInfo.InvariantCulture, $"its public key has {keyLength} bytes, and an X25519 key has 32");
        if (!suites.Any(suite => suite.IsKnown))
            return $"its cipher suites are {string.Join(", ", suites.Distinct())}, and none is HKDF-SHA256 with a known AEAD";
        if (extensions.FirstOrDefault(extension => extension.IsMandatory) is { IsMandatory: true } mandatory)
            return $"it has the mandatory extension {mandatory.Type:x4}, which is not known";
        if (extensions.DistinctBy(extension => extension.Type).Count() != extensions.Count) return "it has an extension twice";
        return EchPublicName.IsValid(publicName) ? null : $"its public name \"{EchPublicName.ToText(publicName)}\" is not a host name";
    }

    // cipher_suites<4..2^16-4>
    private static bool TryReadSuites(ReadOnlySpan<byte> source, out EchCipherSuite[] suites)
    {
        suites = [];
        if (source.IsEmpty || source.Length % 4 != 0) return false;
        suites = new EchCipherSuite[source.Length / 4];
        for (int i = 0; i < suites.Length; i++)
            suites[i] = new(BinaryPrimitives.ReadUInt16BigEndian(source[(4 * i)..]), BinaryPrimitives.ReadUInt16BigEndian(source[(4 * i + 2)..]));
        return true;
    }

    private static bool TryReadExtensions(ReadOnlySpan<byte> source, out List<EchExtension> extensions)
    {
        extensions = [];
        WireReader reader = new(source);
        while (!reader.IsEmpty)
        {
            if (!reader.TryReadUInt16(out ushort type) || !reader.TryReadVector16(out ReadOnlySpan<byte> data)) return false;
            extensions.Add(new(type, data.Length));
        }
        return true;
    }

    private static byte[] UInt16(int value) => [(byte)(value >> 8), (byte)value];
}
