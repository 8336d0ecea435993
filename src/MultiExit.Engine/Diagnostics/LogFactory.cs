using System.Globalization;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace MultiExit.Engine.Diagnostics;

/// <summary>Builds the log of a server. Writing happens on a thread of its own: a full disk or a stopped terminal never holds a session up.</summary>
internal static class LogFactory
{
    private const string Template = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} [{Level:u3}] {Message:lj}{NewLine}{Exception}";
    private const string AccessTemplate = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} {Message:lj}{NewLine}";
    private const long MaxFileBytes = 100L << 20;
    private const int MaxFiles = 14;
    private const int QueueLength = 10_000;

    /// <summary>Opens the log.</summary>
    /// <param name="config">Where it goes.</param>
    /// <param name="console">Whether it also goes to standard error.</param>
    /// <param name="memory">What keeps the newest messages; null: nothing does.</param>
    /// <exception cref="ProxyException">A log file cannot be written.</exception>
    public static LoggerPair Create(LoggingConfig config, bool console, MemoryLog? memory = null)
    {
        CheckWritable(config.File);
        CheckWritable(config.Access);
        LoggerConfiguration main = new LoggerConfiguration().MinimumLevel.Is(ToSerilog(config.Level));
        // Written at once, so that what has just happened can be read.
        if (memory is not null) main.WriteTo.Sink(memory);
        if (console)
        {
            main.WriteTo.Async(sinks => sinks.Console(outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture,
                standardErrorFromLevel: LogEventLevel.Verbose), QueueLength);
        }
        if (config.File is not null) AddFile(main, config.File, Template);
        Logger? access = null;
        if (config.Access is not null) access = AddFile(new LoggerConfiguration(), config.Access, AccessTemplate).CreateLogger();
        return new LoggerPair(main.CreateLogger(), access);
    }

    private static LoggerConfiguration AddFile(LoggerConfiguration log, string path, string template) =>
        log.WriteTo.Async(sinks => sinks.File(path, outputTemplate: template, formatProvider: CultureInfo.InvariantCulture,
            fileSizeLimitBytes: MaxFileBytes, rollOnFileSizeLimit: true, rollingInterval: RollingInterval.Day,
            retainedFileCountLimit: MaxFiles), QueueLength);

    private static LogEventLevel ToSerilog(LogLevel level) => level switch
    {
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Info => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        _ => LogEventLevel.Error,
    };

    // The sink itself would stay silent about a file that it cannot open.
    private static void CheckWritable(string? path)
    {
        if (path is null) return;
        string directory = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        string probe = Path.Combine(directory, $".{Path.GetFileName(path)}.{Environment.ProcessId}.probe");
        try
        {
            Directory.CreateDirectory(directory);
            using (new FileStream(probe, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
                // Opening is the proof.
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ProxyException(ProxyError.PermissionDenied, $"cannot write the log file {path}: {exception.Message}", exception);
        }
    }
}
