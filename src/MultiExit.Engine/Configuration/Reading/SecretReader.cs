using System.Globalization;
using System.Text;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;

namespace MultiExit.Engine.Configuration.Reading;

/// <summary>Reads secrets: a literal, <c>{ env: NAME }</c>, <c>{ file: path }</c> or <c>{ credential: name }</c>. Its errors never hold a piece of the document
/// that could be the secret itself, put in the wrong place.</summary>
internal sealed class SecretReader(ReadContext context)
{
    private const string Expected = "expected a literal, { env: NAME }, { file: path } or { credential: name }";
    private const int MaxCount = 16;
    private const int MaxFileLength = 64 * 1024;

    private int _standIns;

    /// <summary>Reads a secret.</summary>
    /// <param name="node">Its node.</param>
    /// <param name="maxLength">The most octets it may have.</param>
    /// <returns>Null after an error.</returns>
    public Secret? Read(ConfigNode node, int maxLength)
    {
        context.Observer?.Invoke(new(node.Place.Path, ReadKind.Secret));
        byte[]? value = node switch
        {
            ScalarNode { IsNull: false } scalar => Encoding.UTF8.GetBytes(scalar.Text),
            MapNode { Entries: [var entry] } => ReadReference(entry),
            _ => Fail(node.Place, $"{Expected}, found {node.Kind}"),
        };
        if (value is null) return null;
        if (node is ScalarNode) context.ClearSecrets.Add(node.Place);
        if (value.Length == 0) context.Errors.Add(node.Place, "the secret is empty; expected at least one character");
        else if (value.Length > maxLength) context.Errors.Add(node.Place, $"the secret is longer than {maxLength} octets");
        else return new(value);
        return null;
    }

    /// <summary>Reads one secret, or a list of several.</summary>
    /// <param name="node">Its node.</param>
    /// <param name="maxLength">The most octets that each may have.</param>
    /// <returns>Those without an error, each with its place.</returns>
    public IReadOnlyList<(SourcePlace Place, Secret Value)> ReadAll(ConfigNode node, int maxLength)
    {
        context.Observer?.Invoke(new(node.Place.Path, ReadKind.List));
        if (node is not ListNode list) return Read(node, maxLength) is { } only ? [(node.Place, only)] : [];
        if (list.Items.Count is 0 or > MaxCount)
        {
            context.Errors.Add(node.Place, $"expected 1 to {MaxCount} secrets, found {list.Items.Count}");
            return [];
        }
        List<(SourcePlace Place, Secret Value)> secrets = [];
        foreach (ConfigNode item in list.Items)
        {
            if (Read(item, maxLength) is not { } secret) continue;
            if (secrets.Exists(other => other.Value.Equals(secret))) context.Errors.Add(item.Place, "the secret stands in the list twice; expected it once");
            else secrets.Add((item.Place, secret));
        }
        return secrets;
    }

    private byte[]? ReadReference(MapEntry entry)
    {
        if (context.RefersToNothing) return Fail(entry.KeyPlace with { Path = "" }, ReadContext.NoReference);
        switch (entry.Key)
        {
            case "env": return ReadEnvironment(entry.Value);
            case "file": return ReadFile(entry.Value, context.FullPath(entry.Value));
            case CredentialFolder.Key: return ReadFile(entry.Value, CredentialFolder.PathOf(entry.Value, context));
            case "vault":
                context.Errors.AddNotYet(entry.KeyPlace, "vault");
                return null;
            default:
                return Fail(
                    entry.KeyPlace with { Path = entry.Value.Place.Path[..^LastStep(entry.Value.Place.Path)] },
                    $"{Expected}, found a mapping with another key");
        }
    }

    // The key's own name stays out of the path as well: it could be the secret.
    private static int LastStep(string path)
    {
        int quoted = path.EndsWith(']') ? path.LastIndexOf("[\"", StringComparison.Ordinal) : -1;
        int start = quoted >= 0 ? quoted : path.LastIndexOf('.');
        return path.Length - Math.Max(start, 0);
    }

    private byte[]? ReadEnvironment(ConfigNode node)
    {
        if (node is not ScalarNode { IsNull: false } name || !IsVariableName(name.Text))
            return Fail(node.Place, "expected the name of an environment variable: letters, digits and _");
        if (context.IsTextOnly) return StandIn();
        string? value = Environment.GetEnvironmentVariable(name.Text);
        if (string.IsNullOrEmpty(value)) return Lacks(node.Place, $"the environment variable {name.Text} is {(value is null ? "not set" : "empty")}");
        return Encoding.UTF8.GetBytes(value);
    }

    private byte[]? ReadFile(ConfigNode node, string? path)
    {
        if (path is null) return null;
        if (context.IsTextOnly) return StandIn();
        byte[] content;
        try
        {
            if (Directory.Exists(path)) return Lacks(node.Place, $"the file {ErrorText.Quote(path)} is a folder");
            // Opened once, and the mode is that of the open file: the path may lead elsewhere a moment later.
            using FileStream stream = RegularFile.OpenRead(path);
            if (!FileAudience.IsPrivate(stream.SafeFileHandle))
                return Lacks(node.Place, $"the file {ErrorText.Quote(path)} is open to other users; run chmod 600 on it");
            content = RegularFile.Read(stream, MaxFileLength);
        }
        catch (FileTooLargeException e)
        {
            return Lacks(node.Place, $"the file {ErrorText.Quote(path)} {e.Problem}; that is no secret");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Lacks(node.Place, $"the file {ErrorText.Quote(path)} {FileProblem.Of(e)}");
        }
        context.Files.Add(Reading.ReadFile.Of(node.Place, path, content));
        int length = content.Length;
        if (length > 0 && content[length - 1] == '\n') length--;
        if (length > 0 && content[length - 1] == '\r') length--;
        return length > 0 ? content[..length] : Lacks(node.Place, $"the file {ErrorText.Quote(path)} is empty");
    }

    // For a secret that is not looked at: every key accepts it, and no two are the same.
    private byte[] StandIn() => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"stand-in-{++_standIns}"));

    private byte[]? Lacks(SourcePlace place, string message)
    {
        context.Errors.Add(place, message, ConfigErrorKind.Machine);
        return null;
    }

    private byte[]? Fail(SourcePlace place, string message)
    {
        context.Errors.Add(place, message);
        return null;
    }

    private static bool IsVariableName(string text) =>
        text.Length is > 0 and <= 64 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
