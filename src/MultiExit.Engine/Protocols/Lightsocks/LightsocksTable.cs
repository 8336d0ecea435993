using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace MultiExit.Engine.Protocols.Lightsocks;

/// <summary>The substitution of Lightsocks: each octet that is sent is replaced by another one. Immutable.</summary>
/// <remarks>It is no encryption: equal octets stay equal, and whoever listens finds the table out of what he knows to be inside.</remarks>
internal sealed class LightsocksTable
{
    /// <summary>How many octets there are, and the table's length.</summary>
    public const int Size = 256;

    /// <summary>The length of a table as text.</summary>
    public const int TextLength = (Size + 2) / 3 * 4;

    /// <summary>What is expected of a text, for errors.</summary>
    public const string Expected = "expected 344 characters of base64: the numbers 0 to 255 in an order in which none stands at its own place";

    private readonly byte[] _sent;
    private readonly byte[] _received = new byte[Size];

    private LightsocksTable(byte[] sent)
    {
        _sent = sent;
        for (int i = 0; i < Size; i++) _received[sent[i]] = (byte)i;
    }

    /// <summary>Reads a table from a password: base64 of a permutation of 0 to 255 in which no octet stays itself.</summary>
    public static bool TryRead(ReadOnlySpan<byte> password, [NotNullWhen(true)] out LightsocksTable? table)
    {
        table = null;
        // Some room more, so that a text that is too long is not cut to one that fits.
        byte[] octets = new byte[Size + 4];
        if (password.Length != TextLength || !Convert.TryFromBase64String(Encoding.Latin1.GetString(password), octets, out int length) || length != Size)
            return false;
        Span<bool> seen = stackalloc bool[Size];
        seen.Clear();
        for (int i = 0; i < Size; i++)
        {
            if (octets[i] == i || seen[octets[i]]) return false;
            seen[octets[i]] = true;
        }
        table = new LightsocksTable(octets[..Size]);
        return true;
    }

    /// <summary>Makes a password.</summary>
    public static string Generate()
    {
        byte[] octets = [.. Enumerable.Range(0, Size).Select(value => (byte)value)];
        // One order in e has no octet at its own place, and all of those are equally likely in this way.
        do RandomNumberGenerator.Shuffle<byte>(octets);
        while (octets.Index().Any(octet => octet.Item == octet.Index));
        return Convert.ToBase64String(octets);
    }

    /// <summary>Replaces octets that are to be sent.</summary>
    /// <param name="source">The octets.</param>
    /// <param name="target">Room for as many; it may be the same.</param>
    public void Encode(ReadOnlySpan<byte> source, Span<byte> target) => Replace(_sent, source, target);

    /// <summary>Restores octets that have come.</summary>
    /// <param name="source">The octets.</param>
    /// <param name="target">Room for as many; it may be the same.</param>
    public void Decode(ReadOnlySpan<byte> source, Span<byte> target) => Replace(_received, source, target);

    private static void Replace(byte[] table, ReadOnlySpan<byte> source, Span<byte> target)
    {
        target = target[..source.Length];
        for (int i = 0; i < source.Length; i++) target[i] = table[source[i]];
    }
}
