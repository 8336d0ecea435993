using System.Security.Cryptography;

namespace MultiExit.Engine.Protocols.Certificates;

/// <summary>Reads the blocks of a PEM text (RFC 7468) one after the other, in one pass: of a text that is nothing but beginnings a search for the end of
/// each would take minutes. Text around blocks is left alone; a block that is none makes the rest of the text unreadable.</summary>
/// <param name="text">The text.</param>
internal ref struct PemReader(ReadOnlySpan<char> text)
{
    private const string Begin = "-----BEGIN ", End = "-----END ", Dashes = "-----";

    private ReadOnlySpan<char> _rest = text;
    private ReadOnlySpan<char> _content;

    /// <summary>What the block is, such as <c>CERTIFICATE</c>.</summary>
    public ReadOnlySpan<char> Label { get; private set; }

    /// <summary>What is wrong, as the end of a sentence; null while nothing is. Never a piece of the text.</summary>
    public string? Fault { get; private set; }

    /// <summary>Goes to the next block.</summary>
    /// <returns>False where there is none, or a fault.</returns>
    public bool Read()
    {
        int begin = Fault is null ? _rest.IndexOf(Begin) : -1;
        if (begin < 0) return false;
        ReadOnlySpan<char> label = _rest[(begin + Begin.Length)..];
        int dashes = label.IndexOf(Dashes);
        // What stands in a block has no dashes in a row; what ends it is the first that has.
        ReadOnlySpan<char> content = dashes < 0 ? default : label[(dashes + Dashes.Length)..];
        int end = content.IndexOf(Dashes);
        if (dashes < 0 || end < 0 || !content[end..].StartsWith(End)) return Fail("has a PEM block without an end");
        label = label[..dashes];
        ReadOnlySpan<char> behind = content[(end + End.Length)..];
        if (!behind.StartsWith(label) || !behind[label.Length..].StartsWith(Dashes)) return Fail("has a PEM block without an end");
        Label = label;
        _content = content[..end];
        _rest = behind[(label.Length + Dashes.Length)..];
        return true;
    }

    /// <summary>The bytes of the block.</summary>
    /// <returns>Null when they are no Base64.</returns>
    public readonly byte[]? Decode()
    {
        byte[] bytes = new byte[(_content.Length / 4 + 1) * 3];
        bool isGood = Convert.TryFromBase64Chars(_content, bytes, out int length);
        byte[]? found = isGood ? bytes[..length] : null;
        CryptographicOperations.ZeroMemory(bytes); // it may be a key
        return found;
    }

    private bool Fail(string reason)
    {
        Fault = reason;
        return false;
    }
}
