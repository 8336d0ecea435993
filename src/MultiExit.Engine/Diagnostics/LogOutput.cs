using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;
using Serilog.Sinks.Async;

namespace MultiExit.Engine.Diagnostics;

/// <summary>One place that messages go to, on the thread of its queue. A message that it cannot write, or that found the queue full, is lost and
/// counted; the count is its next line. Nothing is thrown.</summary>
/// <param name="name">The place as an operator knows it: a path, or standard error.</param>
/// <param name="target">Writes; when it throws, the message is lost.</param>
internal sealed class LogOutput(string name, ILogEventSink target) : ILogEventSink, IAsyncLogEventSinkMonitor, IDisposable
{
    private static readonly MessageTemplate Notice = new MessageTemplateParser().Parse("MX1051 messages were not written here: {Lost}; {Reason}");

    private volatile IAsyncLogEventSinkInspector? _queue;
    private volatile string? _problem;
    private string? _lastProblem;
    private long _failed, _reported;

    public string Name => name;

    /// <summary>How many messages were lost here.</summary>
    public long Lost => Interlocked.Read(ref _failed) + (_queue?.DroppedMessagesCount ?? 0) + (Lines?.Dropped ?? 0);

    /// <summary>Why the last message could not be written; null when it was.</summary>
    public string? Problem =>
        _problem ?? ((_queue is { } queue && queue.Count >= queue.BufferSize) || Lines is { IsFull: true } ? "its reader does not read" : null);

    /// <summary>The lines that wait for <see cref="Write"/>; null: none come that way.</summary>
    public BlockQueue? Lines { get; init; }

    /// <summary>Called with the reason when it begins to fail.</summary>
    public Action<LogOutput, string>? Failing { get; set; }

    /// <summary>Opens its file by name again, if it has one.</summary>
    public void Reopen() => (target as LogFileSink)?.Reopen();

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent) => Attempt(logEvent.Timestamp, 1, () => target.Emit(logEvent));

    /// <summary>Writes lines that are made already, to a file.</summary>
    /// <param name="time">The time of the last one.</param>
    /// <param name="lines">The lines, each with its end.</param>
    /// <param name="count">How many.</param>
    public void Write(DateTimeOffset time, ReadOnlyMemory<byte> lines, int count) => Attempt(time, count, () => ((LogFileSink)target).Write(time, lines.Span));

    private void Attempt(DateTimeOffset time, int count, Action write)
    {
        string? problem = null;
        try
        {
            long lost = Lost;
            if (lost > _reported)
            {
                target.Emit(new LogEvent(time, LogEventLevel.Warning, null, Notice,
                    [
                        new LogEventProperty("Lost", new ScalarValue(lost - _reported)),
                        new LogEventProperty("Reason", new ScalarValue(_lastProblem ?? "they came faster than they could be written")),
                    ]));
                _reported = lost;
                _lastProblem = null;
            }
            write();
        }
        catch (Exception exception)
        {
            Interlocked.Add(ref _failed, count);
            problem = _lastProblem = exception.Message;
        }
        bool begins = problem is not null && _problem is null;
        _problem = problem;
        if (begins) Failing?.Invoke(this, problem!);
    }

    public void StartMonitoring(IAsyncLogEventSinkInspector inspector) => _queue = inspector;

    public void StopMonitoring(IAsyncLogEventSinkInspector inspector)
    {
        // Its count stays.
    }

    public void Dispose()
    {
        try
        {
            (target as IDisposable)?.Dispose();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // A message that could not be written is counted.
        }
    }
}
