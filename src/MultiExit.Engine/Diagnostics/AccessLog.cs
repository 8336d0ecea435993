using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Diagnostics;

/// <summary>The access log of a configuration: which sessions it has, and in which form. One thread writes; what ends a session makes its line and
/// waits for nothing. Thread-safe.</summary>
internal sealed class AccessLog : IDisposable
{
    /// <summary>The most lines that wait.</summary>
    public const int Capacity = 65_536;

    // How long lines wait for others to be written with: one write for many costs little more than one.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _line;

    [ThreadStatic]
    private static Utf8JsonWriter? _json;

    private readonly LogOutput _output;
    private readonly BlockQueue _queue;
    private readonly AccessFormat _format;
    private readonly SampleGate _gate;
    private readonly ManualResetEventSlim _closing = new();
    private readonly Thread _writer;

    /// <param name="output">Writes the lines that wait in its queue.</param>
    /// <param name="config">How.</param>
    public AccessLog(LogOutput output, AccessLogConfig config)
    {
        _output = output;
        _queue = output.Lines!;
        _format = config.Format;
        _gate = new SampleGate(config.Sample);
        _writer = new Thread(Run) { IsBackground = true, Name = "access log" };
        _writer.Start();
    }

    /// <summary>Writes the line of a session that has ended, unless it is left out by the sample. What failed is never left out.</summary>
    public void Write(SessionRecord session)
    {
        if (session.Outcome == SessionOutcome.Ok && !_gate.Pass()) return;
        ArrayBufferWriter<byte> line = _line ??= new ArrayBufferWriter<byte>(1024);
        line.ResetWrittenCount();
        if (_format == AccessFormat.Json) WriteJson(line, session);
        else Encoding.UTF8.GetBytes(Text(session), line);
        line.Write("\n"u8);
        _queue.TryAdd(line.WrittenSpan);
    }

    /// <summary>Writes what waits, and closes the file.</summary>
    public void Dispose()
    {
        _closing.Set();
        _queue.Wake();
        _writer.Join();
        _output.Dispose();
        _queue.Dispose();
        _closing.Dispose();
    }

    private static void WriteJson(ArrayBufferWriter<byte> line, SessionRecord session)
    {
        Utf8JsonWriter json = _json ??= RecordJson.CreateWriter(line);
        json.Reset(line);
        SessionJson.Write(json, session);
        json.Flush();
    }

    private static string Text(SessionRecord session) =>
        string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.Now:yyyy-MM-ddTHH:mm:ss.fffzzz} {AccessLine.Of(session)}");

    private void Run()
    {
        while (!_closing.IsSet)
        {
            if (_queue.Count == 0) _queue.Wait(Timeout.InfiniteTimeSpan);
            _closing.Wait(Pause);
            WriteAll();
        }
        // What was added until here.
        WriteAll();
    }

    private void WriteAll()
    {
        while (_queue.Take() is { } block)
        {
            _output.Write(DateTimeOffset.Now, block.Bytes, block.Count);
            _queue.Return(block);
        }
    }
}
