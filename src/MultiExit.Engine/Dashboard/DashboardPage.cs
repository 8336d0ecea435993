using System.Reflection;
using MultiExit.Engine.Control;

namespace MultiExit.Engine.Dashboard;

/// <summary>The files of the page, out of the engine's own dll.</summary>
internal static class DashboardPage
{
    // Nothing is loaded from elsewhere, nothing in the text of the page is run or styles it, and no other page may hold it in a frame.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
        + "form-action 'self'; frame-ancestors 'none'";

    /// <summary>The fields of every answer.</summary>
    public static readonly IReadOnlyList<(string Name, string Value)> Fields =
    [
        ("Content-Security-Policy", Policy), ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
    ];

    private const string Folder = "MultiExit.Engine.Dashboard.Page.";

    private static readonly Dictionary<string, ControlAnswer> Files = Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).ToDictionary(name => PathOf(name[Folder.Length..]), Read, StringComparer.Ordinal);

    /// <summary>The file at a path; null where there is none.</summary>
    public static ControlAnswer? Find(string[] path) => path is [var name] ? Files.GetValueOrDefault(name) : null;

    private static string PathOf(string file) => file == "index.html" ? "" : file;

    private static ControlAnswer Read(string resource)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        byte[] text = new byte[stream.Length];
        stream.ReadExactly(text);
        return ControlAnswer.OfText(TypeOf(Path.GetExtension(resource)), text);
    }

    private static string TypeOf(string extension) => extension switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        _ => "image/svg+xml",
    };
}
