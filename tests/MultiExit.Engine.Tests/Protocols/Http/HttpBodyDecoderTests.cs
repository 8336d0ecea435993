using System.Text;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Engine.Tests.Protocols.Http;

public sealed class HttpBodyDecoderTests
{
    private static readonly HttpLimits Limits = new(MaxLine: 60, MaxHead: 100, MaxFields: 3);

    [Theory]
    [InlineData("0\r\n\r\n", "")]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("00005\r\nhello\r\n000\r\n\r\n", "hello")]
    [InlineData("a\r\n0123456789\r\nA\r\nabcdefghij\r\n0\r\n\r\n", "0123456789abcdefghij")]
    [InlineData("1\r\n\r\r\n1\r\n\n\r\n0\r\n\r\n", "\r\n")]
    [InlineData("1;x\r\na\r\n1;x=y;z\r\nb\r\n1 ; x = y ; z=\"q;\\\"\t\"\r\nc\r\n0;last\r\n\r\n", "abc")]
    [InlineData("1\r\na\r\n0\r\nX-Sum: 1\r\nY:\r\n\r\n", "a")]
    public void A_chunked_body_ends_where_it_ends(string body, string content)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(body + "GET next");
        for (int step = 1; step <= bytes.Length; step++)
        {
            HttpBodyDecoder decoder = new(new(HttpBodyKind.Chunked), Limits);
            StringBuilder data = new();
            int position = 0;
            while (!decoder.IsComplete)
            {
                ReadOnlySpan<byte> input = bytes.AsSpan(position, Math.Min(step, bytes.Length - position));
                HttpChunkPart part = decoder.Next(input, out int consumed);
                Assert.NotEqual(HttpChunkPart.Invalid, part);
                Assert.True(consumed > 0);
                if (part == HttpChunkPart.Data) data.Append(Encoding.Latin1.GetString(input[..consumed]));
                position += consumed;
            }
            Assert.Equal(body.Length, position);
            Assert.Equal(content, data.ToString());

            decoder = new(new(HttpBodyKind.Chunked), Limits);
            Assert.True(decoder.TryTake(bytes, out int all));
            Assert.Equal(body.Length, all);
        }
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("g\r\n")]
    [InlineData("+5\r\n")]
    [InlineData("-5\r\n")]
    [InlineData("0x5\r\n")]
    [InlineData(" 5\r\n")]
    [InlineData("5 \r\n")]
    [InlineData("5\n")]
    [InlineData("5\rx")]
    [InlineData("0000000000000001\r\n")]
    [InlineData("ffffffffffffffff\r\n")]
    [InlineData("10000000000000000\r\n")]
    [InlineData("5;\r\n")]
    [InlineData("5;=x\r\n")]
    [InlineData("5;x=\r\n")]
    [InlineData("5;x=y z\r\n")]
    [InlineData("5;x=\"y\r\n")]
    [InlineData("5;x=\"y\"z\r\n")]
    [InlineData("5;x\n")]
    [InlineData("5;x\0\r\n")]
    [InlineData("5;x=yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy")]
    [InlineData("1\r\nab\r\n")]
    [InlineData("1\r\na\n")]
    [InlineData("1\r\na\rx")]
    [InlineData("0\r\n\n")]
    [InlineData("0\r\n\rx")]
    [InlineData("0\r\n: x\r\n")]
    [InlineData("0\r\nX : x\r\n")]
    [InlineData("0\r\n X: x\r\n")]
    [InlineData("0\r\nX\r\n")]
    [InlineData("0\r\nX: a\nb")]
    [InlineData("0\r\nX: a\rb")]
    [InlineData("0\r\nX: a\0b")]
    [InlineData("0\r\nX: 1\r\n folded\r\n")]
    [InlineData("0\r\nX: 1\r\nX: 1\r\nX: 1\r\nX: 1\r\n")]
    [InlineData("0\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy")]
    [InlineData("0\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n")]
    public void A_faulty_chunk_is_refused(string body)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(body);
        HttpBodyDecoder decoder = new(new(HttpBodyKind.Chunked), Limits);
        Assert.False(decoder.TryTake(bytes, out _));

        decoder = new(new(HttpBodyKind.Chunked), Limits);
        bool valid = true;
        for (int index = 0; valid && index < bytes.Length; index++) valid = decoder.TryTake(bytes.AsSpan(index, 1), out _);
        Assert.False(valid);
    }

    [Theory]
    [InlineData("2   \r\nok\r\n0   \r\n\r\n")]
    [InlineData("2\t \r\nok\r\n0\r\n\r\n")]
    [InlineData("2 ;x=y \r\nok\r\n0;x \r\nX: 1\r\n\r\n")]
    public void Chunk_sizes_that_a_server_padded_are_taken_and_those_of_a_client_are_not(string body)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(body + "HTTP/1.1 200");
        for (int step = 1; step <= bytes.Length; step++)
        {
            HttpBodyDecoder response = new(new(HttpBodyKind.Chunked) { IsResponse = true }, Limits);
            int position = 0;
            while (!response.IsComplete)
            {
                Assert.True(response.TryTake(bytes.AsSpan(position, Math.Min(step, bytes.Length - position)), out int taken));
                position += taken;
            }
            Assert.Equal(body.Length, position);
        }
        HttpBodyDecoder request = new(new(HttpBodyKind.Chunked), Limits);
        Assert.False(request.TryTake(bytes, out _));
    }

    [Theory]
    [InlineData("Content-Length: 5")]
    [InlineData("content-length: 5")]
    [InlineData("Content_Length: 5")]
    [InlineData("Transfer-Encoding: chunked")]
    [InlineData("TRANSFER_ENCODING: chunked")]
    [InlineData("Host: evil.test")]
    [InlineData("Connection: close")]
    [InlineData("Proxy-Authorization: Basic eDp5")]
    [InlineData("X: 1\r\nHost: evil.test")]
    public void A_field_that_must_not_stand_behind_the_body_is_refused_in_either_direction(string trailers)
    {
        byte[] bytes = Encoding.Latin1.GetBytes($"0\r\n{trailers}\r\n\r\n");
        foreach (bool isResponse in new[] { false, true })
        {
            HttpBodyDecoder decoder = new(new(HttpBodyKind.Chunked) { IsResponse = isResponse }, Limits);
            bool valid = true;
            for (int index = 0; valid && index < bytes.Length; index++) valid = decoder.TryTake(bytes.AsSpan(index, 1), out _);
            Assert.False(valid);
            Assert.Equal("a field that must not stand behind the body", decoder.Fault.Text);
        }
    }

    [Theory]
    [InlineData("Host2: a")]
    [InlineData("X-Host: a")]
    [InlineData("Hos: a")]
    [InlineData("Content-Lengt: 5")]
    [InlineData("Transfer-Encoding-And-More: 5")]
    [InlineData("Grpc-Status: 0\r\nETag: \"x\"")]
    public void Other_trailer_fields_pass(string trailers)
    {
        HttpBodyDecoder decoder = new(new(HttpBodyKind.Chunked), Limits);
        Assert.True(decoder.TryTake(Encoding.Latin1.GetBytes($"0\r\n{trailers}\r\n\r\n"), out _));
        Assert.True(decoder.IsComplete);
    }

    [Theory]
    [InlineData("1;x=yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",
        "the line of a chunk's size is too long (limit: max_line, 60 bytes)")]
    [InlineData("0\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",
        "a trailer field is too long (limit: max_line, 60 bytes)")]
    [InlineData("0\r\nX: 1\r\nX: 1\r\nX: 1\r\nX: 1\r\n", "too many fields (limit: max_fields, 3 fields)")]
    [InlineData("0\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n",
        "the trailer section is too large (limit: max_head, 100 bytes)")]
    [InlineData("g\r\n", "faulty chunked body")]
    public void A_limit_that_a_body_is_over_is_named(string body, string text)
    {
        HttpBodyDecoder decoder = new(new(HttpBodyKind.Chunked), Limits with { AreKeys = true });
        Assert.False(decoder.TryTake(Encoding.Latin1.GetBytes(body), out _));
        Assert.Equal(text, decoder.Fault.Text);
    }

    [Fact]
    public void A_length_counts_and_a_close_delimited_body_goes_on()
    {
        HttpBodyDecoder decoder = new(new(HttpBodyKind.Length, 5), Limits);
        Assert.True(decoder.TryTake("hel"u8, out int consumed));
        Assert.Equal(3, consumed);
        Assert.True(decoder.TryTake("loGET"u8, out consumed));
        Assert.Equal(2, consumed);
        Assert.True(decoder.IsComplete);

        Assert.True(new HttpBodyDecoder(new(HttpBodyKind.Length, 0), Limits).IsComplete);
        Assert.True(new HttpBodyDecoder(default, Limits).IsComplete);

        decoder = new(new(HttpBodyKind.UntilClose), Limits);
        Assert.True(decoder.TryTake("anything"u8, out consumed));
        Assert.Equal(8, consumed);
        Assert.False(decoder.IsComplete);
    }

    [Theory]
    [InlineData("Basic dXNlcjpwYTpzcw==", "user", "pa:ss")]
    [InlineData("basic  dXNlcjo=", "user", "")]
    [InlineData("Basic", null, null)]
    [InlineData("Basic ", null, null)]
    [InlineData("Basic dXNlcg==", null, null)]
    [InlineData("Basic !!!!", null, null)]
    [InlineData("Bearer dXNlcjpwYTpzcw==", null, null)]
    public void Basic_credentials_are_read(string value, string? name, string? password)
    {
        byte[] decoded = new byte[value.Length];
        bool valid = HttpBasicCredentials.TryParse(Encoding.Latin1.GetBytes(value), decoded, out ReadOnlySpan<byte> n, out ReadOnlySpan<byte> p);
        Assert.Equal(name is not null, valid);
        Assert.Equal(name ?? "", Encoding.UTF8.GetString(n));
        Assert.Equal(password ?? "", Encoding.UTF8.GetString(p));
        if (valid) Assert.Equal("Basic " + value[5..].Trim(), Encoding.Latin1.GetString(HttpBasicCredentials.Format(name!, p)));
    }
}
