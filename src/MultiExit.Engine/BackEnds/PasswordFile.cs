using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Hashing;

namespace MultiExit.Engine.BackEnds;

/// <summary>A file of lines <c>name:hash</c>, as <c>htpasswd -B</c> writes it. A line that is not valid makes all of the file so: a user that is missing
/// could not be told from one that was taken away.</summary>
internal static class PasswordFile
{
    /// <summary>The most bytes of a file.</summary>
    public const int MaxLength = 16 << 20;

    /// <summary>The most users of a file.</summary>
    public const int MaxUsers = 100_000;

    private const int MaxName = 255;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ProxyException">It cannot be read, or has a line that is not valid.</exception>
    public static FrozenDictionary<string, PasswordHash> Read(string path)
    {
        byte[] content;
        try
        {
            content = RegularFile.Read(path, MaxLength);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Faulty($"the file {path} {FileProblem.Of(exception)}", exception);
        }
        Dictionary<string, PasswordHash> users = new(StringComparer.Ordinal);
        // Some editors begin a file with the mark of UTF-8, which is no part of a name.
        ReadOnlySpan<byte> lines = content.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? content.AsSpan(Encoding.UTF8.Preamble.Length) : content;
        using StringReader text = new(Encoding.UTF8.GetString(lines));
        for (int number = 1; text.ReadLine() is { } line; number++)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (Problem(line, users) is { } problem) throw Faulty($"line {number} of the file {path} {problem}");
        }
        return users.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static string? Problem(string line, Dictionary<string, PasswordHash> users)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1) return "has no name before a colon";
        string name = line[..colon];
        if (Encoding.UTF8.GetByteCount(name) > MaxName || name.Any(char.IsControl) || name.Contains('\ufffd', StringComparison.Ordinal))
            return "has a name that is longer than 255 octets, no UTF-8, or with control characters";
        // Some programs have more fields behind the hash, and no hash has a colon in it.
        string hash = line[(colon + 1)..].Split(':')[0].TrimEnd();
        if (!TryParse(hash, out PasswordHash? parsed, out string? fault)) return $"({name}): {fault}";
        if (users.Count == MaxUsers) return $"is one user more than {MaxUsers}";
        return users.TryAdd(name, parsed) ? null : $"has {name} again, who has a line already";
    }

    // The weak ones are named, so that nobody looks for a mistake in the line.
    private static bool TryParse(string text, [NotNullWhen(true)] out PasswordHash? hash, [NotNullWhen(false)] out string? fault)
    {
        hash = null;
        string? weak = text switch
        {
            _ when text.StartsWith("$apr1$", StringComparison.Ordinal) || text.StartsWith("$1$", StringComparison.Ordinal) => "MD5",
            _ when text.StartsWith("{SHA}", StringComparison.Ordinal) => "SHA-1 without a salt",
            _ when text.StartsWith("{SSHA}", StringComparison.Ordinal) => "one round of SHA-1",
            _ when text.StartsWith("$5$", StringComparison.Ordinal) || text.StartsWith("$6$", StringComparison.Ordinal) => "crypt(3) with SHA-2",
            _ when text.Length == 13 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '/') => "crypt(3) with DES",
            _ => null,
        };
        if (weak is null) return PasswordHash.TryParse(text, out hash, out fault);
        fault = $"its hash is {weak}, which is not taken. Nothing can be made of it but by the password: `htpasswd -B FILE NAME` asks for it and writes "
            + "bcrypt in its place, and `multiexit hash` and New-MxPasswordHash write argon2id";
        return false;
    }

    private static ProxyException Faulty(string message, Exception? inner = null) => new(ProxyError.InvalidConfiguration, message, inner);
}
