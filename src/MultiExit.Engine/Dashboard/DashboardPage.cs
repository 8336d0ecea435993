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

    private static readonly Dictionary<string, ControlAnswer> Files = new(StringComparer.Ordinal)
    {
        [""] = Read("index.html", "text/html; charset=utf-8"),
        ["app.js"] = Read("app.js", "text/javascript; charset=utf-8"),
        ["plots.js"] = Read("plots.js", "text/javascript; charset=utf-8"),
        ["app.css"] = Read("app.css", "text/css; charset=utf-8"),
        ["icon.svg"] = Read("icon.svg", "image/svg+xml"),
    };

    /// <summary>The file at a path; null where there is none.</summary>
    public static ControlAnswer? Find(string[] path) => path is [var name] ? Files.GetValueOrDefault(name) : null;

    private static ControlAnswer Read(string name, string contentType)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"MultiExit.Engine.Dashboard.Page.{name}")!;
        byte[] text = new byte[stream.Length];
        stream.ReadExactly(text);
        return ControlAnswer.OfText(contentType, text);
    }
}
