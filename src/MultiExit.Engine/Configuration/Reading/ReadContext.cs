using System.Globalization;
using MultiExit.Engine.Configuration.Native;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Configuration.Reading;

/// <summary>The state that every part of a reader shares.</summary>
internal sealed class ReadContext
{
    /// <summary>The error where a text that may refer to nothing does.</summary>
    public const string NoReference = "what comes at run time refers to no file, variable or credential of this machine; write the value itself";

    private readonly string _baseDirectory;

    /// <summary>A context for one document.</summary>
    /// <param name="file">The file; null for parameters.</param>
    /// <param name="name">What errors call the document; null: the file.</param>
    /// <param name="isTextOnly">Whether the document is read without the machine it is for.</param>
    public ReadContext(string? file, string? name = null, bool isTextOnly = false)
    {
        IsTextOnly = isTextOnly;
        _baseDirectory = Path.GetDirectoryName(Path.GetFullPath(string.IsNullOrEmpty(file) ? "." + Path.DirectorySeparatorChar : file))
            ?? Directory.GetCurrentDirectory();
        Errors = new(name ?? file);
        Values = new(Errors);
        Secrets = new(this);
    }

    /// <summary>Whether the document is read without the machine it is for: secrets and files that it refers to are not looked at, and a
    /// stand-in takes their place. The resulting configuration is not to be run.</summary>
    public bool IsTextOnly { get; }

    /// <summary>Whether the text is from somebody who is not to read files and variables of this machine: it may refer to none.</summary>
    public bool RefersToNothing { get; init; }

    /// <summary>The types of inbounds and exits that the document may have.</summary>
    public ConfigSchema Schema { get; init; } = ConfigSchema.Product;

    /// <summary>Whether the document is in the dialect of another program, and not in the native schema.</summary>
    public bool IsOfOtherProgram { get; set; }

    public ErrorList Errors { get; }

    public ValueReader Values { get; }

    public SecretReader Secrets { get; }

    /// <summary>Gets everything that is asked of the document; null: nobody does.</summary>
    public Action<ReadNote>? Observer
    {
        get => Values.Observer;
        init => Values.Observer = value;
    }

    /// <summary>The files that the document names and that were looked at.</summary>
    public List<ReadFile> Files { get; } = [];

    /// <summary>The names of the credentials that the document asks for.</summary>
    public HashSet<string> Credentials { get; } = new(StringComparer.Ordinal);

    /// <summary>The paths of the users' passwords that stand in the document in clear text.</summary>
    public List<string> ClearPasswords { get; } = [];

    /// <summary>The secrets that stand in the document in clear text, hashes of passwords among them.</summary>
    public List<SourcePlace> ClearSecrets { get; } = [];

    /// <summary>Keys of another program that nothing here stands for and that change nothing of what is served, each with a remark.</summary>
    public List<(SourcePlace Place, string Text)> Remarks { get; } = [];

    /// <summary>The remarks in the order of the document: <c>line 65, log: has no counterpart here</c>.</summary>
    public IEnumerable<string> ShownRemarks() => Remarks.OrderBy(remark => remark.Place.Line)
        .Select(remark => string.Create(CultureInfo.InvariantCulture, $"line {remark.Place.Line}, {remark.Place.Path}: {remark.Text}"));

    /// <summary>Whether the document names a resolver of its own, <c>dns.doh</c>.</summary>
    public bool HasDoh { get; set; }

    /// <summary>Makes a path absolute in place of the file's folder; null: the file's folder counts.</summary>
    public Func<string, string>? Resolve { get; init; }

    /// <summary>Makes a path absolute; a relative one is relative to the file. Null after an error.</summary>
    public string? FullPath(ConfigNode node)
    {
        if (RefersToNothing)
        {
            Errors.Add(node.Place, NoReference);
            return null;
        }
        string? text = Values.Text(node, "the path of a file");
        if (text is null) return null;
        if (text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal))
            return Resolve?.Invoke(text) ?? Path.GetFullPath(Path.Combine(_baseDirectory, text));
        Errors.Add(node.Place, "expected the path of a file, found nothing");
        return null;
    }

    /// <summary>The path of a file that has to be there and readable; it may be a credential.</summary>
    public string? ReadableFile(ConfigNode node)
    {
        Observer?.Invoke(new(node.Place.Path, ReadKind.File));
        MapEntry? credential = node is MapNode { Entries: [{ Key: CredentialFolder.Key } entry] } ? entry : null;
        string? path = credential is null ? FullPath(node) : CredentialFolder.PathOf(credential.Value, this);
        if (path is null || IsTextOnly) return path;
        if (FileProblem.Of(path) is not { } problem)
        {
            if (ReadFile.Of(credential?.Value.Place ?? node.Place, path) is { } file) Files.Add(file);
            return path;
        }
        Errors.Add(node.Place, $"the file {ErrorText.Quote(path)} {problem}", ConfigErrorKind.Machine);
        return null;
    }
}
