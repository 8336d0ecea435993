using System.Collections;
using System.Management.Automation;
using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Hashing;

namespace MultiExit.Commands;

/// <summary>The edits of a configuration that make, change and remove users.</summary>
internal static class UserEdits
{
    /// <summary>Takes a key or a limit away.</summary>
    public const string None = "none";

    /// <summary>The path of a top-level user.</summary>
    public static string PathOf(string user) => ConfigPath.Append("users", user);

    /// <summary>Whether a setting is there, as it is or with something beneath.</summary>
    public static bool IsThere(IEnumerable<string> settings, string path) =>
        settings.Any(setting => setting.StartsWith(path, StringComparison.Ordinal) && setting[path.Length..] is [':' or '.' or '[', ..]);

    /// <summary>A value for a key, or its removal where it says so; null where there is nothing to do.</summary>
    public static ConfigEdit? Of(IEnumerable<string> settings, string path, string? value)
    {
        if (value is null) return null;
        if (!value.Equals(None, StringComparison.OrdinalIgnoreCase)) return ConfigEdit.Set(path, value);
        return IsThere(settings, path) ? ConfigEdit.Remove(path) : null;
    }

    /// <summary>A list for a key; an empty one takes the key away.</summary>
    public static ConfigEdit? Of(IEnumerable<string> settings, string path, string[]? values)
    {
        if (values is null) return null;
        if (values.Length > 0) return ConfigEdit.Set(path, JsonSerializer.SerializeToElement(values));
        return IsThere(settings, path) ? ConfigEdit.Remove(path) : null;
    }

    /// <summary>Adds a top-level user to the lists of inbounds, or takes it out of them. Inbounds with <c>all</c> need no change.</summary>
    /// <param name="config">The configuration in force: in each inbound the users that it has.</param>
    /// <param name="settings">The same as the document has it: <c>all</c>, a list or a mapping.</param>
    /// <param name="user">The user.</param>
    /// <param name="inbounds">Whether an inbound is to have it.</param>
    public static IEnumerable<ConfigEdit> InLists(JsonElement config, string[] settings, string user, Func<string, bool> inbounds)
    {
        foreach (JsonElement inbound in config.GetProperty("inbounds").EnumerateArray())
        {
            string name = inbound.GetProperty("name").GetString()!;
            string path = ConfigPath.AppendName("inbounds", name) + ".users";
            if (IsThere(settings, path) && !settings.Any(setting => setting.StartsWith(path + ": [", StringComparison.Ordinal))) continue;
            string[] before = [.. inbound.GetProperty("users").EnumerateArray().Select(item => item.GetProperty("name").GetString()!)];
            bool wanted = inbounds(name), present = before.Contains(user, StringComparer.Ordinal);
            if (wanted == present) continue;
            string[] after = wanted ? [.. before, user] : [.. before.Where(other => other != user)];
            yield return ConfigEdit.Set(path, JsonSerializer.SerializeToElement(after));
        }
    }

    /// <summary>Makes the hash of a password.</summary>
    /// <param name="password">The password.</param>
    /// <param name="hash">The hash.</param>
    /// <returns>Why none can be made; null when it is made.</returns>
    public static string? Hash(SecureString password, out string hash)
    {
        HashSettings settings = new(PasswordAlgorithm.Argon2id);
        Secret secret = SecretOf.Text(password);
        string? fault = secret.WhyNoHash(settings);
        hash = fault is null ? secret.Hash(settings).Reveal() : "";
        return fault;
    }

    /// <summary>What certificates are known by, as a document has it: of a certificate itself that is its SHA-256.</summary>
    public static Dictionary<string, object> Certificate(Hashtable certificate)
    {
        Dictionary<string, object> known = new(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in certificate)
        {
            object value = entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value ?? "";
            known[entry.Key.ToString()!] = value is IEnumerable values and not string ? values.Cast<object>().Select(Text).ToArray() : Text(value);
        }
        return known;

        static string Text(object value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
        {
            X509Certificate2 one => one.GetCertHashString(HashAlgorithmName.SHA256),
            var other => other.ToString() ?? "",
        };
    }

    /// <summary>A secret as a document has it: a SecureString is the secret itself, a text the path of the file that has it.</summary>
    public static object Secret(object value) => value switch
    {
        SecureString secret => EditValue.TextOf(secret),
        _ => new Dictionary<string, string>(StringComparer.Ordinal) { ["file"] = value.ToString() ?? "" },
    };
}
