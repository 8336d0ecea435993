using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Errors;

namespace MultiExit.Fuzz.Targets;

/// <summary>Configurations, YAML or JSON, in all dialects; read as a check of the text, so that no file is opened. Outcomes: a
/// configuration, or errors with their places.</summary>
internal static class ConfigDocumentTarget
{
    public static FuzzTarget Target => new("config-document", Run)
    {
        MaxLength = 4096,
        Words =
        [
            @"\n", @"\n  ", @"\n- ", ": ", "{", "}", "[", "]", ",", "'", "\"", "#", "&a ", "*a", "!t ", "|", ">", "? ", "---", "...",
            "%YAML 1.2", "<<: ", "~", "null", "true", "0x10", "1e9", "-1", "99999999999999999999",
            "inbounds:", "exits:", "groups:", "routes:", "type: tunnel", "listen: 127.0.0.1:1080", "users:", "limits:", "{ env: HOME }",
            "{ file: /etc/hostname }", "1s", "1GiB", "10%", "@bad", @"\xc2\x85", @"\xe2\x80\xa8", @"\xef\xbb\xbf",
            @"\\u0000", @"\\ud800", @"\\x41", @"\t", @"\xf0\x9f\x98\x80"
        ],
    };

    private static void Run(ReadOnlySpan<byte> input)
    {
        if (DocumentFile.Decode(input) is not { } text) return;
        Meter meter = new();
        ConfigResult result = ConfigLoader.Parse(new ConfigDocument(text, null), "fuzz", isTextOnly: true);
        // An error costs a sentence, and there are at most 200; the parser of YAML has buffers of its own.
        meter.Check(input.Length, 2000, 1024 * 1024);
        Claim.Same(result.Config is null, result.Errors.Count > 0, "errors come without a configuration");
        Claim.That(result.Errors.Count <= ErrorList.MaxErrors + 1, "there are too many errors");
        int lines = text.AsSpan().Count('\n') + text.AsSpan().Count('\r') + text.AsSpan().CountAny("\u0085\u2028\u2029") + 1;
        foreach (ConfigError error in result.Errors)
        {
            Claim.That(error.Message.Length > 0 && error.Line >= 0 && error.Line <= lines && error.Column >= 0,
                $"an error is in line {error.Line} of {lines}: {error}");
            Claim.That(!error.ToString().Any(char.IsControl), $"an error has a control character: {error}");
        }
    }
}
