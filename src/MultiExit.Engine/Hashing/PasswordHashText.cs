using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Hashing;

/// <summary>Reads hashes of passwords: the PHC string format, and the form of bcrypt. Says which part is wrong, and never repeats salt or hash.</summary>
internal static class PasswordHashText
{
    private const int MaxLength = 512;
    private const int MinSalt = 8;
    private const int MinDigest = 16;
    private const int MaxOctets = 64;

    public static bool TryParse(string text, [NotNullWhen(true)] out PasswordHash? hash, [NotNullWhen(false)] out string? fault)
    {
        hash = null;
        string[] parts = text.Length > MaxLength ? [] : text.Split('$');
        if (parts is not ["", var name, ..])
        {
            fault = text.Length > MaxLength
                ? $"it has {text.Length} characters, and no hash has more than {MaxLength}"
                : "it is no hash: one begins with $argon2id$, $scrypt$, $2a$, $2b$ or $2y$";
            return false;
        }
        (hash, fault) = name switch
        {
            "argon2id" => Argon2id(parts),
            "scrypt" => Scrypt(parts),
            "2a" or "2b" or "2y" => Bcrypt(parts),
            "argon2i" or "argon2d" => (null, $"{name} is not taken; expected argon2id, or scrypt or bcrypt"),
            "2" or "2x" => (null, $"${name}$ is bcrypt as it was before a fault was mended, and not taken; expected $2b$"),
            "1" or "5" or "6" or "7" or "y" or "apr1" => (null, $"${name}$ is not taken; expected $argon2id$, $scrypt$, $2a$, $2b$ or $2y$"),
            _ => ((PasswordHash?)null, "its algorithm is not known; expected $argon2id$, $scrypt$, $2a$, $2b$ or $2y$"),
        };
        return hash is not null;
    }

    private static (PasswordHash? Hash, string? Fault) Argon2id(string[] parts)
    {
        if (parts.Length != 6) return (null, "an argon2id hash has the parts $argon2id$v=19$m=..,t=..,p=..$salt$hash");
        if (parts[2] != "v=19") return (null, "the version of argon2id is not v=19");
        if (Numbers(parts[3], "m", "t", "p") is not [var memory, var passes, var lanes])
            return (null, "the parameters of argon2id are not m=..,t=..,p=.. with whole numbers");
        return Finish(new Argon2idFunction(memory, passes, lanes), parts[4], parts[5]);
    }

    private static (PasswordHash? Hash, string? Fault) Scrypt(string[] parts)
    {
        if (parts.Length != 5) return (null, "a scrypt hash has the parts $scrypt$ln=..,r=..,p=..$salt$hash");
        if (Numbers(parts[2], "ln", "r", "p") is not [var cost, var blockSize, var lanes])
            return (null, "the parameters of scrypt are not ln=..,r=..,p=.. with whole numbers");
        return Finish(new ScryptFunction(cost, blockSize, lanes), parts[3], parts[4]);
    }

    private static (PasswordHash? Hash, string? Fault) Finish(HashFunction function, string saltText, string digestText)
    {
        if (function.Fault is { } fault) return (null, fault);
        byte[]? salt = PhcBase64.Decode(saltText);
        if (salt is null) return (null, "the salt is not base64 without padding");
        if (salt.Length is < MinSalt or > MaxOctets) return (null, $"the salt has {CountText.Of(salt.Length, "octet")}; expected {MinSalt} to {MaxOctets}");
        byte[]? digest = PhcBase64.Decode(digestText);
        if (digest is null) return (null, "the hash behind the salt is not base64 without padding");
        if (digest.Length is < MinDigest or > MaxOctets)
            return (null, $"the hash behind the salt has {CountText.Of(digest.Length, "octet")}; expected {MinDigest} to {MaxOctets}");
        return (new(function, salt, digest), null);
    }

    // $2b$12$ and 53 characters: 22 of salt, 31 of hash.
    private static (PasswordHash? Hash, string? Fault) Bcrypt(string[] parts)
    {
        if (parts.Length != 4) return (null, "a bcrypt hash has the parts $2b$cost$ and 53 characters");
        if (parts[2].Length != 2 || Number(parts[2], leadingZero: true) is not { } cost) return (null, "the cost of bcrypt is not two digits");
        BcryptFunction function = new(parts[1], cost);
        if (function.Fault is { } fault) return (null, fault);
        if (parts[3].Length != 53) return (null, $"behind the cost of bcrypt stand {parts[3].Length} characters; expected 53 of salt and hash");
        byte[]? salt = BcryptBase64.Decode(parts[3].AsSpan(0, 22));
        byte[]? digest = BcryptBase64.Decode(parts[3].AsSpan(22));
        if (salt is null || digest is null) return (null, "salt and hash of bcrypt have other characters than ./A-Za-z0-9");
        return (new(function, salt, digest), null);
    }

    // name=number,name=number in the order that all programs write.
    private static int[]? Numbers(string text, params string[] names)
    {
        string[] pairs = text.Split(',');
        if (pairs.Length != names.Length) return null;
        int[] numbers = new int[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            if (!pairs[i].StartsWith(names[i] + "=", StringComparison.Ordinal) || Number(pairs[i][(names[i].Length + 1)..]) is not { } number) return null;
            numbers[i] = number;
        }
        return numbers;
    }

    private static int? Number(string text, bool leadingZero = false) =>
        text.Length is > 0 and <= 10 && (leadingZero || text[0] != '0') && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number : null;
}
