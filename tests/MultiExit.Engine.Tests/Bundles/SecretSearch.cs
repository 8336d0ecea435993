using System.Text;

namespace MultiExit.Engine.Tests.Bundles;

/// <summary>Finds a secret in a text: as it is, as a part of a URL, in JSON, in hexadecimal, and as base64 wherever in the encoded octets it
/// stands.</summary>
internal static class SecretSearch
{
    public static bool Finds(string text, string secret) => Forms(secret).Any(form => text.Contains(form, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Forms(string secret)
    {
        yield return secret;
        yield return Uri.EscapeDataString(secret);
        yield return System.Text.Json.JsonSerializer.Serialize(secret)[1..^1];
        byte[] octets = Encoding.UTF8.GetBytes(secret);
        yield return Convert.ToHexString(octets);
        // What of the characters depends on the secret alone: others have bits of the octets beside it.
        for (int before = 0; before < 3; before++)
        {
            string encoded = Convert.ToBase64String([.. new byte[before], .. octets]).TrimEnd('=');
            string own = encoded[(before == 0 ? 0 : before + 1)..^1];
            yield return own;
            yield return own.Replace('+', '-').Replace('/', '_');
        }
    }
}
