using System.Globalization;
using System.Text;

namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>A web server's answer to a request without TLS on its port with TLS, in the words of nginx.</summary>
internal static class PlainAnswer
{
    private const string NewLine = "\r\n";
    private const string Reason = "The plain HTTP request was sent to HTTPS port";

    // nginx pads errors for browsers that would show a page of their own in place of a short one.
    private static readonly string Padding =
        string.Concat(Enumerable.Repeat("<!-- a padding to disable MSIE and Chrome friendly error page -->" + NewLine, 6));

    // The statuses that a server answers with before it looks at the requested path. 404, 403 or 405 would reveal something of the site.
    private static readonly string[] Refusals = ["400", "408", "413", "414", "431", "494", "501", "505"];

    /// <summary>Looks at the part of the fallback's answer that has come.</summary>
    public static PlainVerdict Judge(ReadOnlySpan<byte> answer)
    {
        ReadOnlySpan<byte> version = "HTTP/1."u8;
        int known = Math.Min(answer.Length, version.Length);
        if (!answer[..known].SequenceEqual(version[..known])) return PlainVerdict.Served; // HTTP/0.9 has no status
        if (answer.Length < "HTTP/1.1 400".Length) return PlainVerdict.NeedMore;
        if (Refusals.Contains(Encoding.ASCII.GetString(answer[9..12]))) return PlainVerdict.Refused;
        return answer.IndexOf("\r\n\r\n"u8) < 0 ? PlainVerdict.NeedMore : PlainVerdict.Served;
    }

    /// <summary>Makes the answer in place of one that serves.</summary>
    /// <param name="request">The request so far, with its head as a whole.</param>
    /// <param name="served">The fallback's answer so far, from which come its name and its date.</param>
    public static byte[] Create(ReadOnlySpan<byte> request, ReadOnlySpan<byte> served)
    {
        string asked = Head(request), head = Head(served);
        string? server = Field(head, "Server"), date = Field(head, "Date");
        string agent = Field(asked, "User-Agent") ?? "";
        bool hasHead = head.StartsWith("HTTP/", StringComparison.Ordinal);
        bool padded = hasHead && (agent.Contains("MSIE ", StringComparison.Ordinal) || agent.Contains("Chrome/", StringComparison.Ordinal));
        string body = string.Join(NewLine,
            "<html>", $"<head><title>400 {Reason}</title></head>", "<body>", "<center><h1>400 Bad Request</h1></center>",
            $"<center>{Reason}</center>", $"<hr><center>{server ?? "nginx"}</center>", "</body>", "</html>", padded ? Padding : "");
        if (!hasHead) return Encoding.Latin1.GetBytes(body);
        StringBuilder answer = new("HTTP/1.1 400 Bad Request" + NewLine);
        if (server is not null) answer.Append("Server: ").Append(server).Append(NewLine);
        if (date is not null) answer.Append("Date: ").Append(date).Append(NewLine);
        answer.Append("Content-Type: text/html").Append(NewLine)
            .Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}").Append(NewLine)
            .Append("Connection: close").Append(NewLine).Append(NewLine);
        if (!asked.StartsWith("HEAD ", StringComparison.Ordinal)) answer.Append(body);
        return Encoding.Latin1.GetBytes(answer.ToString());
    }

    private static string Head(ReadOnlySpan<byte> message)
    {
        int end = message.IndexOf("\r\n\r\n"u8);
        return Encoding.Latin1.GetString(end < 0 ? message : message[..end]);
    }

    private static string? Field(string head, string name) => head.Split('\n').Skip(1).Select(line => line.TrimEnd('\r').Split(':', 2))
        .FirstOrDefault(field => field.Length == 2 && field[0].Equals(name, StringComparison.OrdinalIgnoreCase))?[1].Trim();
}
