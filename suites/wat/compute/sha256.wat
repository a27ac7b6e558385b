;;! description = "computes SHA-256 digests of messages whose padding fits one block, spills into a second, or fills two"
;;!
;;! [[check]]
;;! call = "sha256"
;;! args = "(i32.const 1024) (i32.const 0) (i32.const 512)"
;;! returns = ""
;;! memory = [{ at = 512, bytes = "e3 b0 c4 42 98 fc 1c 14 9a fb f4 c8 99 6f b9 24 27 ae 41 e4 64 9b 93 4c a4 95 99 1b 78 52 b8 55" }]
;;!
;;! [[check]]
;;! call = "sha256"
;;! args = "(i32.const 1024) (i32.const 3) (i32.const 512)"
;;! returns = ""
;;! memory = [{ at = 512, bytes = "ba 78 16 bf 8f 01 cf ea 41 41 40 de 5d ae 22 23 b0 03 61 a3 96 17 7a 9c b4 10 ff 61 f2 00 15 ad" }]
;;!
;;! [[check]]
;;! call = "sha256"
;;! args = "(i32.const 1040) (i32.const 56) (i32.const 512)"
;;! returns = ""
;;! memory = [{ at = 512, bytes = "24 8d 6a 61 d2 06 38 b8 e5 c0 26 93 0c 3e 60 39 a3 3c e4 59 64 ff 21 67 f6 ec ed d4 19 db 06 c1" }]
;;!
;;! [[check]]
;;! call = "sha256"
;;! args = "(i32.const 1100) (i32.const 119) (i32.const 512)"
;;! returns = ""
;;! memory = [{ at = 512, bytes = "31 eb a5 1c 31 3a 5c 08 22 6a df 18 d4 a3 59 cf df d8 d2 e8 16 b1 3f 4a f9 52 f7 ea 65 84 dc fb" }]

;; Memory: 0 round constants, 256 initial state, 288 state, 512 digest,
;; 576 message schedule (64 words), 832 block, 1024 on: messages ("abc", the
;; 56-byte message of the standard, 119 times "a").
;; 56 bytes are the first length whose padding needs another block, 119 the
;; last one that fits two blocks.
(module
  (memory (export "memory") 1)

  ;; first 32 bits of the fractional parts of the cube roots of 64 primes
  (data (i32.const 0)
    "\98\2f\8a\42\91\44\37\71\cf\fb\c0\b5\a5\db\b5\e9\5b\c2\56\39\f1\11\f1\59\a4\82\3f\92\d5\5e\1c\ab"
    "\98\aa\07\d8\01\5b\83\12\be\85\31\24\c3\7d\0c\55\74\5d\be\72\fe\b1\de\80\a7\06\dc\9b\74\f1\9b\c1"
    "\c1\69\9b\e4\86\47\be\ef\c6\9d\c1\0f\cc\a1\0c\24\6f\2c\e9\2d\aa\84\74\4a\dc\a9\b0\5c\da\88\f9\76"
    "\52\51\3e\98\6d\c6\31\a8\c8\27\03\b0\c7\7f\59\bf\f3\0b\e0\c6\47\91\a7\d5\51\63\ca\06\67\29\29\14"
    "\85\0a\b7\27\38\21\1b\2e\fc\6d\2c\4d\13\0d\38\53\54\73\0a\65\bb\0a\6a\76\2e\c9\c2\81\85\2c\72\92"
    "\a1\e8\bf\a2\4b\66\1a\a8\70\8b\4b\c2\a3\51\6c\c7\19\e8\92\d1\24\06\99\d6\85\35\0e\f4\70\a0\6a\10"
    "\16\c1\a4\19\08\6c\37\1e\4c\77\48\27\b5\bc\b0\34\b3\0c\1c\39\4a\aa\d8\4e\4f\ca\9c\5b\f3\6f\2e\68"
    "\ee\82\8f\74\6f\63\a5\78\14\78\c8\84\08\02\c7\8c\fa\ff\be\90\eb\6c\50\a4\f7\a3\f9\be\f2\78\71\c6")
  ;; and of the square roots of 8 primes
  (data (i32.const 256)
    "\67\e6\09\6a\85\ae\67\bb\72\f3\6e\3c\3a\f5\4f\a5"
    "\7f\52\0e\51\8c\68\05\9b\ab\d9\83\1f\19\cd\e0\5b")
  (data (i32.const 1024) "abc")
  (data (i32.const 1040) "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")

  (func $fill_as (memory.fill (i32.const 1100) (i32.const 0x61) (i32.const 119)))
  (start $fill_as)

  ;; big-endian word
  (func $swap (param $x i32) (result i32)
    (i32.or
      (i32.and (i32.rotl (local.get $x) (i32.const 8)) (i32.const 0x00ff00ff))
      (i32.and (i32.rotr (local.get $x) (i32.const 8)) (i32.const 0xff00ff00))))

  (func $sigma (param $x i32) (param $r1 i32) (param $r2 i32) (param $r3 i32) (result i32)
    (i32.xor
      (i32.xor (i32.rotr (local.get $x) (local.get $r1)) (i32.rotr (local.get $x) (local.get $r2)))
      (i32.rotr (local.get $x) (local.get $r3))))

  ;; as sigma, but the last one is a shift
  (func $small_sigma (param $x i32) (param $r1 i32) (param $r2 i32) (param $s i32) (result i32)
    (i32.xor
      (i32.xor (i32.rotr (local.get $x) (local.get $r1)) (i32.rotr (local.get $x) (local.get $r2)))
      (i32.shr_u (local.get $x) (local.get $s))))

  ;; runs the block at $block into the state at 288
  (func $compress (param $block i32)
    (local $i i32) (local $t1 i32) (local $t2 i32)
    (local $a i32) (local $b i32) (local $c i32) (local $d i32)
    (local $e i32) (local $f i32) (local $g i32) (local $h i32)
    (loop $first
      (i32.store offset=576 (local.get $i)
        (call $swap (i32.load (i32.add (local.get $block) (local.get $i)))))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (br_if $first (i32.lt_u (local.get $i) (i32.const 64))))
    (loop $schedule
      ;; w[i] = s1(w[i-2]) + w[i-7] + s0(w[i-15]) + w[i-16]
      (i32.store offset=576 (local.get $i)
        (i32.add
          (i32.add
            (call $small_sigma (i32.load offset=568 (local.get $i)) (i32.const 17) (i32.const 19) (i32.const 10))
            (i32.load offset=548 (local.get $i)))
          (i32.add
            (call $small_sigma (i32.load offset=516 (local.get $i)) (i32.const 7) (i32.const 18) (i32.const 3))
            (i32.load offset=512 (local.get $i)))))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (br_if $schedule (i32.lt_u (local.get $i) (i32.const 256))))

    (local.set $a (i32.load offset=288 (i32.const 0)))
    (local.set $b (i32.load offset=292 (i32.const 0)))
    (local.set $c (i32.load offset=296 (i32.const 0)))
    (local.set $d (i32.load offset=300 (i32.const 0)))
    (local.set $e (i32.load offset=304 (i32.const 0)))
    (local.set $f (i32.load offset=308 (i32.const 0)))
    (local.set $g (i32.load offset=312 (i32.const 0)))
    (local.set $h (i32.load offset=316 (i32.const 0)))
    (local.set $i (i32.const 0))
    (loop $round
      (local.set $t1
        (i32.add
          (i32.add
            (i32.add (local.get $h)
              (call $sigma (local.get $e) (i32.const 6) (i32.const 11) (i32.const 25)))
            ;; ch: e chooses between f and g
            (i32.xor (local.get $g) (i32.and (local.get $e) (i32.xor (local.get $f) (local.get $g)))))
          (i32.add (i32.load (local.get $i)) (i32.load offset=576 (local.get $i)))))
      (local.set $t2
        (i32.add
          (call $sigma (local.get $a) (i32.const 2) (i32.const 13) (i32.const 22))
          ;; maj: the majority of a, b and c
          (i32.or
            (i32.and (local.get $a) (local.get $b))
            (i32.and (local.get $c) (i32.or (local.get $a) (local.get $b))))))
      (local.set $h (local.get $g))
      (local.set $g (local.get $f))
      (local.set $f (local.get $e))
      (local.set $e (i32.add (local.get $d) (local.get $t1)))
      (local.set $d (local.get $c))
      (local.set $c (local.get $b))
      (local.set $b (local.get $a))
      (local.set $a (i32.add (local.get $t1) (local.get $t2)))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (br_if $round (i32.lt_u (local.get $i) (i32.const 256))))

    (call $accumulate (i32.const 288) (local.get $a))
    (call $accumulate (i32.const 292) (local.get $b))
    (call $accumulate (i32.const 296) (local.get $c))
    (call $accumulate (i32.const 300) (local.get $d))
    (call $accumulate (i32.const 304) (local.get $e))
    (call $accumulate (i32.const 308) (local.get $f))
    (call $accumulate (i32.const 312) (local.get $g))
    (call $accumulate (i32.const 316) (local.get $h)))

  (func $accumulate (param $p i32) (param $v i32)
    (i32.store (local.get $p) (i32.add (i32.load (local.get $p)) (local.get $v))))

  (func (export "sha256") (param $p i32) (param $n i32) (param $digest i32)
    (local $rest i32) (local $i i32)
    (memory.copy (i32.const 288) (i32.const 256) (i32.const 32))
    (local.set $rest (local.get $n))
    (block $last
      (loop $whole
        (br_if $last (i32.lt_u (local.get $rest) (i32.const 64)))
        (call $compress (local.get $p))
        (local.set $p (i32.add (local.get $p) (i32.const 64)))
        (local.set $rest (i32.sub (local.get $rest) (i32.const 64)))
        (br $whole)))
    ;; padding: the bit 1, zeros, and the length in bits as a big-endian i64
    (memory.fill (i32.const 832) (i32.const 0) (i32.const 64))
    (memory.copy (i32.const 832) (local.get $p) (local.get $rest))
    (i32.store8 offset=832 (local.get $rest) (i32.const 0x80))
    (if (i32.ge_u (local.get $rest) (i32.const 56))
      (then
        (call $compress (i32.const 832))
        (memory.fill (i32.const 832) (i32.const 0) (i32.const 64))))
    (i32.store (i32.const 892) (call $swap (i32.shl (local.get $n) (i32.const 3))))
    (call $compress (i32.const 832))
    (loop $out
      (i32.store (i32.add (local.get $digest) (local.get $i))
        (call $swap (i32.load offset=288 (local.get $i))))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (br_if $out (i32.lt_u (local.get $i) (i32.const 32)))))
)
