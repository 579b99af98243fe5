<?php
// Reads [old, new] as JSON, writes wikidiff2's inline JSON with all context and its CPU seconds.
[$old, $new] = json_decode(stream_get_contents(STDIN), true);
$before = getrusage();
$diff = wikidiff2_inline_json_diff($old, $new, 1000000);
$after = getrusage();
$seconds = ($after['ru_utime.tv_sec'] - $before['ru_utime.tv_sec'])
    + ($after['ru_utime.tv_usec'] - $before['ru_utime.tv_usec']) / 1e6
    + ($after['ru_stime.tv_sec'] - $before['ru_stime.tv_sec'])
    + ($after['ru_stime.tv_usec'] - $before['ru_stime.tv_usec']) / 1e6;
echo '{"seconds": ', $seconds, ', "diff": ', json_encode(json_decode($diff, true)['diff']), '}';
