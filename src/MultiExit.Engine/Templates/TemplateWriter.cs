using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Templates;

/// <summary>Collects the files of a template. Every value that comes from outside is quoted, so that it stays one value.</summary>
/// <param name="request">What is asked for.</param>
internal sealed class TemplateWriter(TemplateRequest request)
{
    private const int PasswordLength = 24;
    private const string Alphabet = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"; // without those that look alike
    // The text is read as YAML, never put into a page.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly List<TemplateFile> _files = [];

    /// <summary>What is asked for.</summary>
    public TemplateRequest Request { get; } = request;

    /// <summary>The files so far.</summary>
    public IReadOnlyList<TemplateFile> Files => _files;

    /// <summary>A password for a person to type: 24 characters, about 139 bits.</summary>
    public static string NewPassword() => RandomNumberGenerator.GetString(Alphabet, PasswordLength);

    /// <summary>A text in double quotes, which YAML reads as JSON does (YAML 1.2, 7.3.1).</summary>
    public static string Quote(string text) => JsonSerializer.Serialize(text, Plain);

    /// <summary>A list in brackets.</summary>
    public static string Quote(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(Quote))}]";

    /// <summary>A secret as a value of the document: where it stands, or itself. The same name is the same file.</summary>
    public string Secret(string file, string value)
    {
        if (!Request.HasFiles) return Quote(value);
        Add(file, value + "\n", isPrivate: true);
        return $"{{ file: {Quote(file)} }}";
    }

    /// <summary>Adds a configuration.</summary>
    public void Document(string name, string text) => _files.Add(new TemplateFile(name, text, IsDocument: true, IsPrivate: !Request.HasFiles));

    /// <summary>Adds another file.</summary>
    public void Add(string name, string text, bool isPrivate)
    {
        if (_files.Exists(file => string.Equals(file.Name, name, StringComparison.OrdinalIgnoreCase)))
            throw new ProxyException(ProxyError.InvalidConfiguration, $"two files would have the name {name}; expected names that differ");
        _files.Add(new TemplateFile(name, text, IsDocument: false, isPrivate));
    }
}
