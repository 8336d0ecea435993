using System.Globalization;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace MultiExit.Engine.Diagnostics;

/// <summary>Builds the log of a server. A thread of its own does the writing: a full disk or a stopped terminal never holds a session up.</summary>
internal static class LogFactory
{
    private const string Template = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} [{Level:u3}] {Message:lj}{NewLine}{Exception}";
    private const string AccessTemplate = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} {Message:lj}{NewLine}";
    private const long MaxFileBytes = 100L << 20;
    private const int QueueLength = 10_000;

    /// <summary>Opens the log.</summary>
    /// <param name="config">Where it goes.</param>
    /// <param name="console">Whether it also goes to standard error.</param>
    /// <param name="memory">Keeps the newest messages; null: they are not kept.</param>
    /// <param name="events">Takes events, whatever the level of the log is; null: nobody does.</param>
    /// <exception cref="ProxyException">A log file cannot be written.</exception>
    public static LoggerPair Create(LoggingConfig config, bool console, MemoryLog? memory = null, ILogEventSink? events = null)
    {
        List<LogOutput> outputs = [];
        LogEventLevel level = ToSerilog(config.Level);
        bool isBroad = events is not null && level > LogEventLevel.Information;
        LoggerConfiguration main = new LoggerConfiguration().MinimumLevel.Is(isBroad ? LogEventLevel.Information : level);
        // Both at once, so that what has just happened can be read.
        if (memory is not null) main.WriteTo.Sink(memory, level);
        if (events is not null) main.WriteTo.Sink(events);
        try
        {
            // Files first: at the end they are written before a terminal that may have stopped.
            if (config.File is not null) Add(main, level, new LogOutput(config.File, OpenFile(config.File, Text(Template))));
            if (console) Add(main, level, new LogOutput("standard error", Console()));
            LogOutput? lines = config.Access is { } told ? Lines(told) : null;
            if (lines is not null) outputs.Add(lines);
            Logger log = main.CreateLogger();
            AccessLog? access = lines is null ? null : new AccessLog(lines, config.Access!);
            // When one place fails, the others log it.
            foreach (LogOutput output in outputs)
                output.Failing = (place, reason) =>
                    log.Warning("MX1050 the log {Place} cannot be written, and the server goes on: {Reason}", place.Name, reason);
            return new LoggerPair(log, access, outputs);
        }
        catch
        {
            // Each queue has a thread from its beginning, which the logger's disposal ends.
            main.CreateLogger().Dispose();
            foreach (LogOutput output in outputs) output.Dispose();
            throw;
        }

        void Add(LoggerConfiguration log, LogEventLevel least, LogOutput output)
        {
            outputs.Add(output);
            log.WriteTo.Async(sinks => sinks.Sink(output, least), QueueLength, blockWhenFull: false, output);
        }
    }

    private static LogOutput Lines(AccessLogConfig access) =>
        new(access.File, OpenFile(access.File, access.Format == AccessFormat.Json ? new JsonLineFormatter() : Text(AccessTemplate)))
        {
            Lines = new BlockQueue(AccessLog.Capacity),
        };

    private static MessageTemplateTextFormatter Text(string template) => new(template, CultureInfo.InvariantCulture);

    private static ILogEventSink Console() => LoggerSinkConfiguration.CreateSink(sinks => sinks.Console(
        outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture, standardErrorFromLevel: LogEventLevel.Verbose));

    // A full disk does not prevent the start: messages are counted, and written when there is room.
    private static LogFileSink OpenFile(string path, ITextFormatter formatter)
    {
        LogFileSink sink = new(path, formatter, MaxFileBytes);
        try
        {
            sink.Open(DateOnly.FromDateTime(DateTime.Now));
        }
        catch (Exception exception) when (DiskFull.Is(exception))
        {
            // Opened with the first message, or counted.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            sink.Dispose();
            throw new ProxyException(ProxyError.PermissionDenied, $"cannot write the log file {path}: {exception.Message}", exception);
        }
        return sink;
    }

    private static LogEventLevel ToSerilog(LogLevel level) => level switch
    {
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Info => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        _ => LogEventLevel.Error,
    };
}
