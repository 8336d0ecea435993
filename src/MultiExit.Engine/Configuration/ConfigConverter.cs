using MultiExit.Engine.Configuration.Dialects;
using MultiExit.Engine.Configuration.Native;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Configuration.Writing;

namespace MultiExit.Engine.Configuration;

/// <summary>Makes documents of the native schema of URLs and of the files of other programs. Files that they name are not looked at.</summary>
public static class ConfigConverter
{
    /// <summary>Converts URLs, as <see cref="ConfigLoader.FromUrlChain"/> reads them.</summary>
    /// <param name="listen">Where to listen.</param>
    /// <param name="forward">The hops that everything goes through, the first one first; empty: direct.</param>
    /// <param name="parameters">The options beside the URLs in the notation of ech-tunnel; null: they are not in that notation.</param>
    public static ConfigConversion FromUrls(IReadOnlyList<string> listen, IReadOnlyList<string> forward, EchTunnelParameters? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(listen);
        ArgumentNullException.ThrowIfNull(forward);
        ReadContext context = new(null, isTextOnly: true);
        return Finish(new UrlConverter(context, parameters).ToNative(listen, forward), context, "urls", null);
    }

    /// <summary>Whether a URL of which nothing says what it is for can only be one to listen on: it has no host to go to, or forwards a port.</summary>
    public static bool IsForListening(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith(':')) return true;
        if (EndpointUrl.Parse(text.Split('#', 2)[0], out EndpointUrl? parsed) is not null) return false;
        string host = parsed!.Authority[..Math.Max(0, parsed.Authority.LastIndexOf(':'))];
        return parsed.Scheme is "tcp" or "udp" || (parsed.Scheme != "direct" && host is "" or "0.0.0.0" or "[::]" or "*");
    }

    /// <summary>Converts a file of another program; a native one is written anew.</summary>
    /// <param name="path">The file, YAML or JSON (UTF-8, at most 4 MiB). One that cannot be read is an error of the result, not an exception.</param>
    public static ConfigConversion FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        DocumentFile read = DocumentFile.Read(path, mayBePipe: true);
        if (read.Text is not { } text) return new(null, ConfigResult.Unreadable(path, read.Problem!).Errors, Dialect.Native);
        ReadContext context = new(Path.GetFullPath(path), path, isTextOnly: true);
        ConfigNode? root = NodeComposer.Compose(text, context.Errors);
        // Whatever is no document, or that of a program which is not read, has its error from the loader.
        if (root is not MapNode map || context.Errors.Count > 0 || ForeignFile.ProgramOf(map) is not null)
        {
            ConfigResult result = ConfigLoader.CheckText(path);
            return new(null, result.Errors, result.Dialect);
        }
        (MapNode native, string dialect) = Dialect.ToNative(map, context);
        return Finish(native, context, dialect, path);
    }

    private static ConfigConversion Finish(MapNode native, ReadContext context, string dialect, string? path)
    {
        if (context.Errors.Count == 0) GatewayBinder.Read(native, context);
        if (context.Errors.Count > 0) return new(null, context.Errors.InFileOrder(), dialect);
        string source = path is null ? "Made of URLs" : $"Made of {ShownUrl.IfUrl(Path.GetFileName(path))} ({dialect})";
        List<string> remarks = [$"{source}. Relative paths count from the folder of this file."];
        remarks.AddRange(context.ShownRemarks().Select(remark => $"Not carried over: {remark}"));
        return new(DocumentWriter.Write(UrlKeys.Of(native, context.Errors), remarks), [], dialect);
    }
}
