using System.Net;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads IP addresses.</summary>
internal static class AddressBinder
{
    private const string Expected = "an IP address such as 198.51.100.10 or 2001:db8::10";

    /// <summary>Reads an address beneath a key.</summary>
    /// <returns>Null when the key is absent or after an error.</returns>
    public static IPAddress? Read(MapReader reader, string key)
    {
        if (reader.Take(key) is not { } node) return null;
        string? text = reader.Context.Values.Text(node, Expected);
        if (text is null || AddressText.TryParse(text, out IPAddress? address) && !IsAny(address)) return text is null ? null : IPAddress.Parse(text);
        reader.Context.Values.Expect(node, Expected);
        return null;
    }

    /// <summary>Reads an address, or a word in its place.</summary>
    /// <returns>Whether the word stands there; the address is null then, when the key is absent, and after an error.</returns>
    public static bool ReadOrWord(MapReader reader, string key, string word, out IPAddress? address)
    {
        bool isWord = reader.Take(key) is ScalarNode scalar && string.Equals(scalar.Text, word, StringComparison.Ordinal);
        address = isWord ? null : Read(reader, key);
        return isWord;
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
